//! Who calls: the owner of the bearer token.

use std::sync::Arc;

use access::{Actor, Visitor};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use super::Native;
use super::problem::Problem;

/// Somebody whose key is valid.
pub(super) struct Caller(pub(super) Actor);

impl FromRequestParts<Arc<Native>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, native: &Arc<Native>) -> Result<Self, Problem> {
        let visitor = parts.extensions.get::<Visitor>().copied().unwrap_or_default();
        let token = bearer(&parts.headers).ok_or_else(Problem::no_credentials)?.to_owned();
        let known = Arc::clone(native).aside(move |native| Ok(native.gate.bearer(&token, &visitor)?));
        known.await.map(Self)
    }
}

/// The token of RFC 6750 2.1; the scheme's case does not matter (RFC 9110 11.1).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim()).filter(|token| !token.is_empty())
}
