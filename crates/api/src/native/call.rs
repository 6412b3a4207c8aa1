//! Who calls, and what he hands in. Every refusal is a problem with a sentence.

use std::sync::Arc;

use access::{Action, Actor};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::fit;
use super::problem::Problem;
use super::schema::{Components, Schema};
use super::{Answer, Native, staff};

/// A call by somebody whose key is valid.
pub(super) struct Call {
    /// What it reaches.
    pub(super) native: Arc<Native>,
    /// Who calls.
    pub(super) actor: Actor,
}

impl Call {
    /// Does what waits for the disk on a thread where waiting harms nobody; carried through, even when the client hangs up.
    pub(super) async fn aside<T: Send + 'static>(
        self,
        work: impl FnOnce(&Native, &Actor) -> Result<T, Problem> + Send + 'static,
    ) -> Answer<T> {
        let Self { native, actor } = self;
        native.aside(move |native| work(native, &actor)).await.map(Json)
    }

    /// Like [`Self::aside`], for what is the site's: customers are told that there is no such thing.
    pub(super) async fn by_staff<T: Send + 'static>(
        self,
        action: Action,
        work: impl FnOnce(&Native, &Actor) -> Result<T, Problem> + Send + 'static,
    ) -> Answer<T> {
        staff(&self.actor, action)?;
        self.aside(work).await
    }
}

/// Waits for what is asynchronous, on the thread of [`Call::aside`].
pub(super) fn wait<T>(for_it: impl Future<Output = T>) -> T {
    tokio::runtime::Handle::current().block_on(for_it)
}

impl FromRequestParts<Arc<Native>> for Call {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, native: &Arc<Native>) -> Result<Self, Problem> {
        let actor = parts.extensions.get::<Actor>().cloned().ok_or_else(Problem::no_credentials)?;
        Ok(Self { native: Arc::clone(native), actor })
    }
}

/// What stands behind the question mark.
pub(super) struct Asked<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequestParts<Arc<Native>> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, native: &Arc<Native>) -> Result<Self, Problem> {
        // The door has looked at each parameter already.
        let asked = Query::from_request_parts(parts, native).await;
        asked.map(|Query(asked)| Self(asked)).map_err(|_| Problem::unread("query"))
    }
}

/// What the path names. What can't be a name names nothing.
pub(super) struct Named<T>(pub(super) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Arc<Native>> for Named<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, native: &Arc<Native>) -> Result<Self, Problem> {
        let named = Path::from_request_parts(parts, native).await;
        named.map(|Path(named)| Self(named)).map_err(|_| Problem::nothing())
    }
}

/// The body, as JSON.
pub(super) struct Told<T>(pub(super) T);

impl<T: DeserializeOwned + Schema> FromRequest<Arc<Native>> for Told<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, native: &Arc<Native>) -> Result<Self, Problem> {
        let body = Bytes::from_request(request, native).await?;
        serde_json::from_slice(&body).map(Self).map_err(|_| misread::<T>(&body))
    }
}

/// Why a body can't be read: every mistake by its field, and of what is no JSON the place where it ends.
fn misread<T: Schema>(body: &[u8]) -> Problem {
    let value = match serde_json::from_slice(body) {
        Ok(value) => value,
        Err(error) => {
            let detail = format!("this is no JSON from line {}, column {} on", error.line(), error.column());
            return Problem::new(StatusCode::BAD_REQUEST, detail);
        }
    };
    let mut components = Components::new();
    let schema = T::describe(&mut components);
    match fit::mistakes(&value, &schema, &components) {
        errors if errors.is_empty() => Problem::unread("body"),
        errors => Problem::mistakes(errors),
    }
}

/// The body, as it is.
pub(super) struct Given(pub(super) Bytes);

impl FromRequest<Arc<Native>> for Given {
    type Rejection = Problem;

    async fn from_request(request: Request, native: &Arc<Native>) -> Result<Self, Problem> {
        Ok(Self(Bytes::from_request(request, native).await?))
    }
}
