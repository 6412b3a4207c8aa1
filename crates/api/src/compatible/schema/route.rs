//! A call, as the table of routes holds it.

use std::sync::Arc;

use axum::handler::Handler;
use axum::routing::MethodRouter;

use crate::office::Office;

/// How a call is made; the provider API has no others here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::compatible) enum Method {
    Get,
    Post,
}

impl Method {
    pub(in crate::compatible) fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// Where a parameter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::compatible) enum Place {
    Path,
    Query,
    Body,
}

impl Place {
    pub(in crate::compatible) fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Body => "body",
        }
    }
}

/// What a client may, or has to, give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::compatible) struct Parameter {
    pub(in crate::compatible) name: &'static str,
    /// A type of the provider API: "string", "long", "ipBlock", or the name of a model.
    pub(in crate::compatible) kind: &'static str,
    pub(in crate::compatible) about: &'static str,
    pub(in crate::compatible) place: Place,
    pub(in crate::compatible) is_required: bool,
}

/// One call.
#[derive(Clone)]
pub(in crate::compatible) struct Route {
    pub(in crate::compatible) method: Method,
    /// Without prefix, parameters in braces.
    pub(in crate::compatible) path: String,
    pub(in crate::compatible) about: &'static str,
    /// The type of the answer, "void" for none.
    pub(in crate::compatible) answer: String,
    /// Whether it needs nobody: it is how one becomes somebody.
    pub(in crate::compatible) is_open: bool,
    /// Those of query and body; those of the path stand in it.
    pub(in crate::compatible) parameters: Vec<Parameter>,
    pub(in crate::compatible) call: MethodRouter<Arc<Office>>,
}

/// A call that looks.
pub(in crate::compatible) fn get<H: Handler<T, Arc<Office>>, T: 'static>(
    path: impl Into<String>,
    answer: impl Into<String>,
    about: &'static str,
    call: H,
) -> Route {
    Route::new(Method::Get, path.into(), answer.into(), about, axum::routing::get(call))
}

/// A call that does something.
pub(in crate::compatible) fn post<H: Handler<T, Arc<Office>>, T: 'static>(
    path: impl Into<String>,
    answer: impl Into<String>,
    about: &'static str,
    call: H,
) -> Route {
    Route::new(Method::Post, path.into(), answer.into(), about, axum::routing::post(call))
}

impl Route {
    fn new(method: Method, path: String, answer: String, about: &'static str, call: MethodRouter<Arc<Office>>) -> Self {
        Self { method, path, about, answer, is_open: false, parameters: Vec::new(), call }
    }

    /// It needs nobody.
    pub(in crate::compatible) fn open(self) -> Self {
        Self { is_open: true, ..self }
    }

    /// It may be asked with that in its query.
    pub(in crate::compatible) fn query(self, name: &'static str, kind: &'static str, about: &'static str) -> Self {
        self.with(Parameter { name, kind, about, place: Place::Query, is_required: false })
    }

    /// It may be told that in its body.
    pub(in crate::compatible) fn body(self, name: &'static str, kind: &'static str, about: &'static str) -> Self {
        self.with(Parameter { name, kind, about, place: Place::Body, is_required: false })
    }

    /// It has to be told that in its body.
    pub(in crate::compatible) fn needs(self, name: &'static str, kind: &'static str, about: &'static str) -> Self {
        self.with(Parameter { name, kind, about, place: Place::Body, is_required: true })
    }

    fn with(mut self, parameter: Parameter) -> Self {
        self.parameters.push(parameter);
        self
    }

    /// The names in the path, in their order.
    pub(in crate::compatible) fn names(&self) -> impl Iterator<Item = &str> {
        self.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    }
}
