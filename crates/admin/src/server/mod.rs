//! HTTP/1.1 over TCP and Unix sockets, bounded in every direction: connections, of one client too, header size and time,
//! answer time, lifetime. axum's own server has no bound on how slowly a header may come (slowloris), hence this one.

mod accept;
mod certificate;
mod connection;
mod gathered;
mod seats;
mod tls;
mod visitor;

use std::sync::Arc;
use std::time::Duration;

use access::WebSettings;
use axum::Router;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;

pub(crate) use accept::Accept;
pub use certificate::{WebTlsError, certificate_expires};
pub(crate) use connection::{LocalUser, Peer};
pub use seats::WebSeats;
pub use tls::WebTls;

use crate::settings::AdminSettings;
use connection::{Desk, converse};
use seats::{Share, TooMany};

/// An accept that fails (too many open files) is tried again after this long: without a pause the loop would spin.
const PAUSE: Duration = Duration::from_millis(200);

/// What the operator allows a door for mail servers.
#[derive(Debug, Clone, Copy)]
pub struct PlainBounds {
    /// How long a request's head may take, and the wait for the next one.
    pub header: Duration,
    /// How long an answer may take.
    pub answer: Duration,
    /// How many connections are served at once.
    pub max_connections: u32,
}

/// A recipient is a field: [`model::Envelope::MAX_RECIPIENTS`] and the rest.
const MAIL_FIELDS: usize = 1100;
const MAIL_BUFFER: usize = 512 * 1024;
/// Mail servers keep their connections: they are trusted to.
const LIFETIME: Duration = Duration::from_secs(86_400);

/// What a connection may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    header: Duration,
    answer: Duration,
    lifetime: Duration,
    /// Fields of a request's head.
    fields: usize,
    /// Bytes of it, and bytes read ahead.
    buffer: usize,
}

/// Far more than any client of pages and APIs sends.
const FIELDS: usize = 64;
const BUFFER: usize = 16 * 1024;

/// What is served, and how many at once. Shared by all listeners.
#[derive(Clone)]
pub(crate) struct Server {
    desk: Desk,
    tls: Option<Arc<WebTls>>,
    seats: Arc<Semaphore>,
    /// Where those are told so who hold as many connections as one may; who finds it full is told nothing.
    lobby: Arc<Semaphore>,
}

/// Connections of the lobby, and how long each may take.
const LOBBY: u32 = 32;
const BRIEFLY: Duration = Duration::from_secs(2);

impl Server {
    /// A server of the `[http]` table, whose proxies are on this host.
    pub(crate) fn new(router: Router, settings: &AdminSettings) -> Self {
        let bounds = Bounds {
            header: settings.header_timeout,
            answer: settings.request_timeout,
            lifetime: settings.connection_lifetime,
            fields: FIELDS,
            buffer: BUFFER,
        };
        let trusts = Arc::new(|proxy: std::net::IpAddr| proxy.is_loopback());
        Self::of(Desk { router, bounds, trusts, shares: None }, None, settings.max_connections)
    }

    fn of(desk: Desk, tls: Option<Arc<WebTls>>, connections: u32) -> Self {
        Self { desk, tls, seats: seats(connections), lobby: seats(LOBBY) }
    }

    /// A server of the `[web]` table.
    pub(crate) fn web(
        router: Router,
        settings: &WebSettings,
        tls: Option<Arc<WebTls>>,
        shares: &Arc<WebSeats>,
    ) -> Self {
        let bounds = Bounds {
            header: settings.header_timeout,
            answer: settings.request_timeout,
            lifetime: settings.connection_lifetime,
            fields: FIELDS,
            buffer: BUFFER,
        };
        let believed = settings.clone();
        let trusts = Arc::new(move |proxy: std::net::IpAddr| believed.trusts(proxy));
        let shares = Some(Arc::clone(shares));
        Self::of(Desk { router, bounds, trusts, shares }, tls, settings.max_connections)
    }

    /// A server for mail servers: no TLS, and heads with as many recipients as an envelope has.
    pub(crate) fn plain(router: Router, bounds: &PlainBounds) -> Self {
        let PlainBounds { header, answer, max_connections } = *bounds;
        let (fields, buffer) = (MAIL_FIELDS, MAIL_BUFFER);
        let bounds = Bounds { header, answer, lifetime: LIFETIME, fields, buffer };
        Self::of(Desk { router, bounds, trusts: Arc::new(|_| false), shares: None }, None, max_connections)
    }

    /// Serves until `drain` is over, then lets the requests in progress end, for as long as an answer may take.
    pub(crate) async fn run<L: Accept>(self, listeners: Vec<L>, drain: impl Future<Output = ()>) {
        let (stop, stopped) = watch::channel(());
        let mut loops = JoinSet::new();
        for listener in listeners {
            loops.spawn(self.clone().accept(listener, stopped.clone()));
        }
        drain.await;
        drop(stop);
        while loops.join_next().await.is_some() {}
    }

    async fn accept<L: Accept>(self, listener: L, mut stopped: watch::Receiver<()>) {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                _ = stopped.changed() => break,
                Some(_) = connections.join_next() => {}
                (stream, peer, seat) = self.next(&listener) => {
                    let Some((desk, seats)) = self.admitted(peer, seat) else { continue };
                    let conversation = serve(stream, peer, self.tls.clone(), desk, stopped.clone());
                    connections.spawn(async move {
                        conversation.await;
                        drop(seats);
                    });
                }
            }
        }
        drop(listener);
        while connections.join_next().await.is_some() {}
    }

    /// Where the peer is served, and what is his meanwhile; `None` when he is not even told that he has too much.
    fn admitted(
        &self,
        peer: Peer,
        seat: OwnedSemaphorePermit,
    ) -> Option<(Desk, (OwnedSemaphorePermit, Option<Share>))> {
        match self.desk.seat(peer) {
            Ok(share) => Some((self.desk.clone(), (seat, share))),
            Err(TooMany) => {
                let place = Arc::clone(&self.lobby).try_acquire_owned().ok()?;
                Some((self.desk.turning_away(BRIEFLY), (place, None)))
            }
        }
    }

    /// The next connection there is a seat for; the others wait in the kernel's queue.
    async fn next<L: Accept>(&self, listener: &L) -> (L::Stream, Peer, OwnedSemaphorePermit) {
        loop {
            let seat = match Arc::clone(&self.seats).acquire_owned().await {
                Ok(seat) => seat,
                // Nobody closes the semaphore.
                Err(_) => std::future::pending().await,
            };
            match listener.accept().await {
                Ok((stream, peer)) => return (stream, peer, seat),
                Err(error) => {
                    tracing::warn!(error = %error, "an HTTP connection could not be accepted");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }
}

/// The handshake is the connection's own affair: one that dawdles keeps nobody else waiting.
async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    peer: Peer,
    tls: Option<Arc<WebTls>>,
    desk: Desk,
    stopped: watch::Receiver<()>,
) {
    match tls {
        None => converse(stream, peer, false, desk, stopped).await,
        Some(tls) => {
            if let Some(stream) = tls.accept(stream, desk.bounds.header).await {
                converse(stream, peer, true, desk, stopped).await;
            }
        }
    }
}

fn seats(count: u32) -> Arc<Semaphore> {
    Arc::new(Semaphore::new(usize::try_from(count).unwrap_or(Semaphore::MAX_PERMITS)))
}
