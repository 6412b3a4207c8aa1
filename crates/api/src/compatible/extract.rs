//! What axum reads of a request, refused in the words of this API when it can't be read.

use axum::extract::{FromRequestParts, Path as AxumPath, Query as AxumQuery};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::refusal::Refusal;

/// The names of a path. One that is no text names nothing.
pub(super) struct Path<T>(pub(super) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let found = AxumPath::from_request_parts(parts, state).await;
        found.map(|AxumPath(names)| Self(names)).map_err(|_| Refusal::missing(parts.uri.path()))
    }
}

/// The query.
pub(super) struct Query<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let found = AxumQuery::from_request_parts(parts, state).await;
        found.map(|AxumQuery(query)| Self(query)).map_err(|error| Refusal::bad(error.body_text()))
    }
}
