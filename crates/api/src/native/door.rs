//! What is known of a call before its body is read: whether its caller may do such a thing at all, whether what stands behind the
//! question mark is understood, and whether the body is of the kind that is wanted. A body that would be refused unread costs no memory.

use access::{Action, Actor, ever};
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;

use super::parameters::Parameter;
use super::problem::Problem;
use super::query;
use super::routes::{Route, Takes};
use super::ruled;

/// What a route wants of whoever calls it.
#[derive(Clone, Copy)]
pub(super) struct Door {
    action: Action,
    query: &'static [Parameter],
    /// The media type of a body.
    media: Option<&'static str>,
}

impl Door {
    pub(super) fn of(route: &Route) -> Self {
        let media = match route.takes {
            Takes::Raw(media) => Some(media),
            Takes::Json(_) => Some("application/json"),
            Takes::Nothing => None,
        };
        Self { action: route.action, query: route.query, media }
    }
}

/// Lets a call in that may be carried out.
pub(super) async fn enter(door: Door, request: Request, next: Next) -> Result<Response, Problem> {
    let actor = request.extensions().get::<Actor>().ok_or_else(Problem::no_credentials)?;
    ruled(ever(&actor.principal, door.action))?;
    query::check(request.uri().query().unwrap_or_default(), door.query)?;
    match door.media {
        Some(wanted) if !is_of(request.headers(), wanted) => Err(Problem::wrong_media(wanted)),
        _ => Ok(next.run(request).await),
    }
}

/// Parameters of a media type, such as its charset, say nothing about what it is (RFC 9110 8.3.1).
fn is_of(headers: &HeaderMap, wanted: &str) -> bool {
    let told = headers.get(header::CONTENT_TYPE).and_then(|media| media.to_str().ok()).unwrap_or_default();
    told.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(wanted)
}
