//! Who calls: the owner of the bearer token. He is known before anything else of a request is looked at.

use std::sync::Arc;

use access::{Actor, Visitor};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;

use super::Native;
use super::problem::Problem;

/// Lets in whoever has a valid key, and puts him among the extensions of his request.
pub(super) async fn enter(
    State(native): State<Arc<Native>>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let token = bearer(request.headers()).ok_or_else(Problem::no_credentials)?.to_owned();
    let actor = native.known(token, visitor(&request)).await?;
    request.extensions_mut().insert(actor);
    Ok(next.run(request).await)
}

/// From where a request came.
pub(super) fn visitor(request: &Request) -> Visitor {
    request.extensions().get::<Visitor>().copied().unwrap_or_default()
}

impl Native {
    /// Whose token that is, now.
    pub(super) async fn known(self: Arc<Self>, token: String, visitor: Visitor) -> Result<Actor, Problem> {
        self.aside(move |native| Ok(native.gate.bearer(&token, &visitor)?)).await
    }
}

/// The token of RFC 6750 2.1; the scheme's case does not matter (RFC 9110 11.1).
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim()).filter(|token| !token.is_empty())
}
