//! Every route: method, path, what is asked of `access`, and what goes in and out. Router, OpenAPI document and the matrix
//! of who may do what are made of it. Each family of routes stands with its handlers.

use std::sync::Arc;

use access::Action;
use axum::routing::MethodRouter;
use serde_json::Value;

use super::parameters::Parameter;
use super::schema::{Components, Schema};
use super::{
    MAX_BODY, Native, accounts, audit, blocks, configuration, credentials, customer_changes, customer_imports,
    customers, diagnoses, events, evidence, exemptions, fingerprints, keys, lessons, letters, links, lockouts,
    openings, owners, replays, reports, scans, site, subjects, templates, tickets, users, webhooks,
};

/// Describes a type, and puts what it refers to among the components.
pub(super) type Describe = fn(&mut Components) -> Value;

/// What a route takes as its body.
#[derive(Debug, Clone, Copy)]
pub(super) enum Takes {
    /// Nothing.
    Nothing,
    /// JSON.
    Json(Describe),
    /// Something as it is, of this media type.
    Raw(&'static str),
}

/// What a route answers with.
#[derive(Debug, Clone, Copy)]
pub(super) enum Gives {
    /// JSON.
    Json(Describe),
    /// Something as it is, of this media type.
    Raw(&'static str),
}

/// One route.
pub struct Route {
    /// "get", "post", "put" or "delete".
    pub method: &'static str,
    /// The path, parameters in braces.
    pub path: &'static str,
    /// What the caller must be allowed to do.
    pub action: Action,
    /// What it does, in a few words.
    pub summary: &'static str,
    pub(super) query: &'static [Parameter],
    pub(super) takes: Takes,
    /// The largest body, in bytes.
    pub(super) most: usize,
    pub(super) gives: Gives,
    /// The status of an answer that says yes.
    pub status: u16,
    /// Whether it may answer 201 instead, because there was nothing of that name before.
    pub(super) may_make: bool,
    /// Whether the caller may name the version that he has seen.
    pub(super) over_a_version: bool,
    pub(super) call: MethodRouter<Arc<Native>>,
}

impl Route {
    /// Looks at something.
    pub(super) fn reads<T: Schema>(
        path: &'static str,
        action: Action,
        summary: &'static str,
        call: MethodRouter<Arc<Native>>,
    ) -> Self {
        Self {
            method: "get",
            path,
            action,
            summary,
            query: &[],
            takes: Takes::Nothing,
            most: MAX_BODY,
            gives: Gives::Json(T::describe),
            status: 200,
            may_make: false,
            over_a_version: false,
            call,
        }
    }

    /// Changes something.
    pub(super) fn does<T: Schema>(
        path: &'static str,
        action: Action,
        summary: &'static str,
        call: MethodRouter<Arc<Native>>,
    ) -> Self {
        Self { method: "post", ..Self::reads::<T>(path, action, summary, call) }
    }

    /// Makes something new.
    pub(super) fn makes<T: Schema>(
        path: &'static str,
        action: Action,
        summary: &'static str,
        call: MethodRouter<Arc<Native>>,
    ) -> Self {
        Self { status: 201, ..Self::does::<T>(path, action, summary, call) }
    }

    /// Puts something in the place of what has that name.
    pub(super) fn puts<T: Schema>(
        path: &'static str,
        action: Action,
        summary: &'static str,
        call: MethodRouter<Arc<Native>>,
    ) -> Self {
        Self { method: "put", ..Self::reads::<T>(path, action, summary, call) }
    }

    /// Takes something away.
    pub(super) fn removes<T: Schema>(
        path: &'static str,
        action: Action,
        summary: &'static str,
        call: MethodRouter<Arc<Native>>,
    ) -> Self {
        Self { method: "delete", ..Self::reads::<T>(path, action, summary, call) }
    }

    /// With this behind the question mark.
    pub(super) fn asked(self, query: &'static [Parameter]) -> Self {
        Self { query, ..self }
    }

    /// With this as JSON.
    pub(super) fn told<T: Schema>(self) -> Self {
        Self { takes: Takes::Json(T::describe), ..self }
    }

    /// With this as it is, up to so many bytes.
    pub(super) fn given(self, media: &'static str, most: usize) -> Self {
        Self { takes: Takes::Raw(media), most, ..self }
    }

    /// With a body of more or fewer bytes than usual.
    pub(super) fn up_to(self, most: usize) -> Self {
        Self { most, ..self }
    }

    /// It may be new.
    pub(super) fn may_make(self) -> Self {
        Self { may_make: true, ..self }
    }

    /// Refused when it is another by now than the caller has seen.
    pub(super) fn over_a_version(self) -> Self {
        Self { over_a_version: true, ..self }
    }

    /// Answers with something that is no JSON.
    pub(super) fn gives(self, media: &'static str) -> Self {
        Self { gives: Gives::Raw(media), ..self }
    }

    /// What is begun goes on behind the answer.
    pub(super) fn begins(self) -> Self {
        Self { status: 202, ..self }
    }

    /// Whether it may change anything: then it is carried out once for each idempotency key.
    pub(super) fn is_unsafe(&self) -> bool {
        self.method != "get"
    }
}

/// All routes that need a key.
pub fn routes() -> Vec<Route> {
    let families = [
        blocks::routes(),
        evidence::routes(),
        subjects::routes(),
        accounts::routes(),
        lockouts::routes(),
        tickets::routes(),
        openings::routes(),
        reports::routes(),
        exemptions::routes(),
        customers::routes(),
        customer_changes::routes(),
        customer_imports::routes(),
        owners::routes(),
        diagnoses::routes(),
        fingerprints::routes(),
        lessons::routes(),
        scans::routes(),
        letters::routes(),
        templates::routes(),
        webhooks::routes(),
        configuration::routes(),
        replays::routes(),
        keys::routes(),
        credentials::routes(),
        users::routes(),
        links::routes(),
        audit::routes(),
        site::routes(),
        events::routes(),
    ];
    families.into_iter().flatten().collect()
}
