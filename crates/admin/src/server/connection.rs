//! One connection, from its first byte to its last.

use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use access::{LongLived, Visitor};
use axum::Router;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use model::{ClientAddr, Network};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::Bounds;
use super::gathered::Gathered;
use super::seats::{Share, TooMany, WebSeats, seated, turned_away};
use super::visitor::{Trust, visitor};

/// Who is at the other end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer {
    /// His address; a Unix socket has nobody with one.
    pub(crate) address: Option<IpAddr>,
    /// The user of this host, at a Unix socket.
    pub(crate) user: Option<LocalUser>,
}

/// A user of this host, by his number, as the kernel tells. It stands among a request's extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LocalUser(pub(crate) u32);

/// What a connection needs to know of its server.
#[derive(Clone)]
pub(super) struct Desk {
    pub(super) router: Router,
    pub(super) bounds: Bounds,
    pub(super) trusts: Arc<Trust>,
    /// How much each client holds, where that is bounded.
    pub(super) shares: Option<Arc<WebSeats>>,
}

impl Desk {
    /// A seat for somebody who connects himself; a believed proxy brings others, whose requests are counted instead.
    pub(super) fn seat(&self, peer: Peer) -> Result<Option<Share>, TooMany> {
        let client = peer.address.map(|address| address.to_canonical()).filter(|address| !(self.trusts)(*address));
        self.shares.as_ref().zip(client).map(|(shares, client)| shares.take(network(client))).transpose()
    }

    /// A seat for a request that a proxy hands in for somebody else.
    fn seat_behind(&self, peer: Peer, visitor: &Visitor) -> Result<Option<Share>, TooMany> {
        let proxy = peer.address.map(|address| address.to_canonical()).filter(|address| (self.trusts)(*address));
        let client = visitor.client.filter(|client| proxy.is_some_and(|proxy| proxy != *client));
        self.shares.as_ref().zip(client).map(|(shares, client)| shares.take(network(client))).transpose()
    }

    /// A desk that only says that there are too many, and that for a short time.
    pub(super) fn turning_away(&self, time: Duration) -> Self {
        let bounds = Bounds { header: time, answer: time, lifetime: time, ..self.bounds };
        let router = Router::new().fallback(turned_away);
        Self { router, bounds, trusts: Arc::clone(&self.trusts), shares: None }
    }
}

fn network(client: IpAddr) -> Network {
    ClientAddr::new(client).network()
}

/// Serves requests until the client goes, the lifetime is over or the server stops; then the request in progress may end,
/// unless it is an answer that goes on for ever.
pub(super) async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    peer: Peer,
    tls: bool,
    desk: Desk,
    mut stopped: watch::Receiver<()>,
) {
    let (endless, bounds) = (Arc::new(AtomicBool::new(false)), desk.bounds);
    let noticed = Arc::clone(&endless);
    let service = service_fn(move |request| answer(desk.clone(), peer, tls, request, Arc::clone(&noticed)));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(bounds.header)
        .max_headers(bounds.fields)
        .max_buf_size(bounds.buffer)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    let over = tokio::select! {
        ended = connection.as_mut() => Some(ended),
        () = lived(bounds.lifetime, &endless) => None,
        _ = stopped.changed() => None,
    };
    let ended = match over {
        Some(ended) => Ok(ended),
        None => {
            connection.as_mut().graceful_shutdown();
            let patience = if endless.load(Ordering::Relaxed) { Duration::ZERO } else { bounds.answer };
            timeout(patience, connection).await
        }
    };
    tell(ended);
}

/// Resolves when the lifetime is over and no endless answer is under way.
async fn lived(lifetime: Duration, endless: &AtomicBool) {
    sleep(lifetime).await;
    while endless.load(Ordering::Relaxed) {
        sleep(lifetime).await;
    }
}

async fn answer(
    desk: Desk,
    peer: Peer,
    tls: bool,
    mut request: Request<Incoming>,
    endless: Arc<AtomicBool>,
) -> Result<Response, Infallible> {
    if !is_addressed(request.headers()) {
        return Ok(misaddressed());
    }
    let visitor = visitor(peer.address, tls, request.headers(), &*desk.trusts);
    let Ok(share) = desk.seat_behind(peer, &visitor) else { return Ok(turned_away().await) };
    request.extensions_mut().insert(visitor);
    if let Some(user) = peer.user {
        request.extensions_mut().insert(user);
    }
    let answered =
        timeout(desk.bounds.answer, TowerToHyperService::new(desk.router).call(request.map(Gathered::new))).await;
    let response = later(answered.unwrap_or_else(|_| Ok(too_slow()))?);
    endless.store(response.extensions().get::<LongLived>().is_some(), Ordering::Relaxed);
    Ok(match share {
        Some(share) => seated(response, share),
        None => response,
    })
}

/// Not two Host fields, and a name in the one (RFC 9112 3.2): a proxy before us may have looked at another. Mail servers that
/// speak little HTTP send none, and nothing is told apart by it.
fn is_addressed(headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.is_empty() || is_name(host.as_bytes()),
        (None, _) => true,
        (Some(_), Some(_)) => false,
    }
}

fn is_name(host: &[u8]) -> bool {
    Authority::try_from(host).is_ok() && !host.contains(&b'@')
}

fn misaddressed() -> Response {
    let text = "A request has one Host field, which holds a name.\n";
    (StatusCode::BAD_REQUEST, [(header::CONNECTION, "close")], text).into_response()
}

fn too_slow() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, "This took too long. Try again.\n").into_response()
}

/// Whoever is turned away for now is told after how many seconds to come again (RFC 9110 10.2.3), unless the answer knows better.
fn later(mut response: Response) -> Response {
    if [StatusCode::TOO_MANY_REQUESTS, StatusCode::SERVICE_UNAVAILABLE].contains(&response.status()) {
        response.headers_mut().entry(header::RETRY_AFTER).or_insert(HeaderValue::from_static("60"));
    }
    response
}

/// Clients that vanish or dawdle are no news for an operator.
fn tell(ended: Result<hyper::Result<()>, tokio::time::error::Elapsed>) {
    match ended {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(error = %error, "an HTTP connection ended early"),
        Err(_) => tracing::debug!("an HTTP connection was cut off"),
    }
}
