//! Answers: pages, files, and the header fields of all of them.

use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use futures_util::stream::{self, TryStreamExt};
use pipeline::Extract;

use super::fault::Fault;
use super::parts::Console;
use crate::assets;
use crate::render::Page;
use crate::view::Frame;
use crate::view::percent;

/// A page. One that can't be rendered is a defect; it is told, and the visitor reads that it does not work now.
pub(crate) fn page<P: Page>(console: &Console, frame: &Frame, page: &P) -> Result<Response, Fault> {
    match console.pages().render(frame, page) {
        Ok(html) => Ok(Html(html).into_response()),
        Err(error) => Err(Fault::Failed(format!("{}: {error:#}", P::TEMPLATE))),
    }
}

/// A table to keep, sent while it is read; `name` is made of our own letters. One that can't be read to its end is cut off, so
/// that nobody takes it for whole.
pub(crate) fn csv(name: &str, table: Extract) -> Response {
    let disposition = format!("attachment; filename=\"{name}.csv\"");
    let headers =
        [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    let pieces = stream::unfold(table, Extract::next).inspect_err(|error| {
        tracing::error!("a table was cut off: {error}");
    });
    (headers, Body::from_stream(pieces)).into_response()
}

/// A path with a query (RFC 3986 3.4); empty values are left out.
pub(crate) fn queried(path: &str, pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<_> = pairs
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| format!("{key}={}", percent(value)))
        .collect();
    format!("{path}?{}", pairs.join("&"))
}

/// After something was done: the page that shows it (303), with a sentence on top.
pub(crate) fn done(path: &str, word: &str) -> Response {
    Redirect::to(&format!("{path}?done={word}")).into_response()
}

/// Style sheet, script and mark: public, and kept for a year, since their path changes with them.
pub(super) async fn asset(Path((version, name)): Path<(String, String)>) -> Response {
    let known = assets::prefix().ends_with(&format!("/{version}"));
    let Some(asset) = assets::asset(&name) else { return StatusCode::NOT_FOUND.into_response() };
    let keep = if known { "public, max-age=31536000, immutable" } else { "no-store" };
    let mut response = asset.content.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// A page is about somebody's mail: nobody stores, frames, indexes or refers to it, and it loads nothing but our own files.
pub(super) fn harden(response: &mut Response) {
    const FIELDS: [(HeaderName, &str); 8] = [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
        (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
    ];
    for (name, value) in FIELDS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
}

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
