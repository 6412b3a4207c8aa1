//! The `[web]` door: API and console. What is behind it belongs to other crates; here are the listener, TLS, and the headers
//! of every answer.

use std::io;
use std::sync::Arc;

use access::{Visitor, WebSettings};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;

use crate::server::{Server, WebSeats, WebTls};

/// The longest body of a request, unless a route says otherwise.
const MAX_BODY: usize = 1 << 20;

/// Listens where the settings say; the error names the address.
///
/// # Errors
/// The first address that can't be had: in use, not of this host, or not permitted.
pub async fn listen_web(settings: &WebSettings) -> io::Result<Vec<TcpListener>> {
    let mut listeners = Vec::new();
    for address in &settings.listen {
        let named = |error: io::Error| {
            io::Error::new(error.kind(), format!("web.listen: {address} can't be listened on: {error}"))
        };
        listeners.push(TcpListener::bind(address).await.map_err(named)?);
    }
    Ok(listeners)
}

/// Serves the routers, merged, until `drain` resolves, then lets requests in progress end. Every request carries a
/// [`Visitor`] among its extensions; an answer that carries [`access::LongLived`] may go on for ever.
pub async fn serve_web(
    settings: &WebSettings,
    (tls, seats): (Option<Arc<WebTls>>, &Arc<WebSeats>),
    listeners: Vec<TcpListener>,
    routers: Vec<Router>,
    drain: impl Future<Output = ()>,
) {
    let router = routers.into_iter().fold(Router::new().fallback(nothing_here), Router::merge);
    let router = router.layer(DefaultBodyLimit::max(MAX_BODY)).layer(from_fn(harden));
    Server::web(router, settings, tls, seats).run(listeners, drain).await;
}

async fn nothing_here() -> Response {
    (StatusCode::NOT_FOUND, "There is no such page.\n").into_response()
}

/// Headers of every answer that does not say otherwise itself.
async fn harden(request: Request, next: Next) -> Response {
    let https = request.extensions().get::<Visitor>().is_some_and(|visitor| visitor.https);
    let mut response = next.run(request).await;
    let fields = [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
    ];
    let secure = https.then_some((header::STRICT_TRANSPORT_SECURITY, "max-age=31536000"));
    for (name, value) in fields.into_iter().chain(secure) {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
