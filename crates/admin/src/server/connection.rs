//! One connection, from its first byte to its last.

use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::http::{Request, StatusCode};
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::Bounds;

/// Who is at the other end; a Unix socket has nobody with an address.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) Option<IpAddr>);

/// Header fields of one request, and bytes read ahead: far more than any client of ours sends.
const MAX_HEADERS: usize = 64;
const MAX_BUFFER: usize = 16 * 1024;

/// Serves requests until the client goes, the lifetime is over or the server stops; then the request in progress may end.
pub(crate) async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    peer: Peer,
    router: Router,
    bounds: Bounds,
    mut stopped: watch::Receiver<()>,
) {
    let service = service_fn(move |request| answer(router.clone(), peer, request, bounds.answer));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(bounds.header)
        .max_headers(MAX_HEADERS)
        .max_buf_size(MAX_BUFFER)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    let over = tokio::select! {
        ended = connection.as_mut() => Some(ended),
        () = sleep(bounds.lifetime) => None,
        _ = stopped.changed() => None,
    };
    let ended = match over {
        Some(ended) => Ok(ended),
        None => {
            connection.as_mut().graceful_shutdown();
            timeout(bounds.answer, connection).await
        }
    };
    tell(ended);
}

async fn answer(
    router: Router,
    peer: Peer,
    mut request: Request<Incoming>,
    patience: Duration,
) -> Result<Response, Infallible> {
    request.extensions_mut().insert(peer);
    match timeout(patience, TowerToHyperService::new(router).call(request)).await {
        Ok(response) => response,
        Err(_) => Ok((StatusCode::SERVICE_UNAVAILABLE, "This took too long. Try again.\n").into_response()),
    }
}

/// Clients that vanish or dawdle are no news for an operator.
fn tell(ended: Result<hyper::Result<()>, tokio::time::error::Elapsed>) {
    match ended {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(error = %error, "an HTTP connection ended early"),
        Err(_) => tracing::debug!("an HTTP connection was cut off"),
    }
}
