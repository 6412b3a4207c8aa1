//! HTTP/1.1 over TCP and Unix sockets, bounded in every direction: connections, header size and time, answer time,
//! lifetime. axum's own server has no bound on how slowly a header may come (slowloris), hence this one.

mod accept;
mod connection;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

pub(crate) use accept::Accept;
pub(crate) use connection::Peer;

use crate::settings::AdminSettings;

/// An accept that fails (too many open files) is tried again after this long: without a pause the loop would spin.
const PAUSE: Duration = Duration::from_millis(200);

/// What a connection may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    header: Duration,
    answer: Duration,
    lifetime: Duration,
}

/// What is served, and how many at once. Shared by all listeners.
#[derive(Clone)]
pub(crate) struct Server {
    router: Router,
    bounds: Bounds,
    seats: Arc<Semaphore>,
}

impl Server {
    pub(crate) fn new(router: Router, settings: &AdminSettings) -> Self {
        let bounds = Bounds {
            header: settings.header_timeout,
            answer: settings.request_timeout,
            lifetime: settings.connection_lifetime,
        };
        let seats = usize::try_from(settings.max_connections).unwrap_or(Semaphore::MAX_PERMITS);
        Self { router, bounds, seats: Arc::new(Semaphore::new(seats)) }
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
                    let conversation = connection::converse(stream, peer, self.router.clone(), self.bounds, stopped.clone());
                    connections.spawn(async move {
                        conversation.await;
                        drop(seat);
                    });
                }
            }
        }
        drop(listener);
        while connections.join_next().await.is_some() {}
    }

    /// The next connection there is a seat for; the others wait in the kernel's queue.
    async fn next<L: Accept>(&self, listener: &L) -> (L::Stream, Peer, tokio::sync::OwnedSemaphorePermit) {
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
