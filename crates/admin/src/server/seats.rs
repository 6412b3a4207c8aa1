//! How many connections one client may hold, so that nobody takes all of them.
//!
//! Clients that connect themselves are counted by their connections. Those behind a proxy that is believed share its
//! connections, so their requests in progress are counted instead.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use access::WebSettings;
use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use model::Network;

/// Who holds how much of the `[web]` door.
pub struct WebSeats {
    most: u32,
    held: Mutex<HashMap<Network, Held>>,
    turned_away: AtomicU64,
}

/// What one client holds. Without anything nothing is remembered of him, so there are never more entries than connections.
#[derive(Default)]
struct Held {
    count: u32,
    /// Whether it was told that he wanted more.
    told: bool,
}

/// The client holds as much as one may.
#[derive(Debug)]
pub(super) struct TooMany;

impl WebSeats {
    /// As many for each client as the settings say.
    pub fn new(settings: &WebSettings) -> Arc<Self> {
        let most = settings.connections_per_client;
        Arc::new(Self { most, held: Mutex::default(), turned_away: AtomicU64::new(0) })
    }

    /// How many connections and requests were turned away so far.
    pub fn turned_away(&self) -> u64 {
        self.turned_away.load(Ordering::Relaxed)
    }

    /// How many are taken now, of everybody.
    pub fn taken(&self) -> u32 {
        self.held().values().map(|held| held.count).fold(0, u32::saturating_add)
    }

    /// One more for this client; it is his until it is dropped.
    pub(super) fn take(self: &Arc<Self>, who: Network) -> Result<Share, TooMany> {
        let mut all = self.held();
        let held = all.entry(who).or_default();
        if held.count < self.most {
            held.count += 1;
            return Ok(Share { seats: Arc::clone(self), who });
        }
        self.turned_away.fetch_add(1, Ordering::Relaxed);
        if !std::mem::replace(&mut held.told, true) {
            tracing::warn!(client = %who, "a client holds {} connections (web.connections_per_client); further ones are turned away", self.most);
        }
        Err(TooMany)
    }

    /// Nothing in here panics half way.
    fn held(&self) -> MutexGuard<'_, HashMap<Network, Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A client's seat.
pub(super) struct Share {
    seats: Arc<WebSeats>,
    who: Network,
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut all = self.seats.held();
        if let Some(held) = all.get_mut(&self.who) {
            held.count = held.count.saturating_sub(1);
            if held.count == 0 {
                all.remove(&self.who);
            }
        }
    }
}

/// What somebody hears who holds as much as one may.
pub(super) async fn turned_away() -> Response {
    let fields = [(header::RETRY_AFTER, "5"), (header::CONNECTION, "close")];
    let text = "You have too many connections open here. Close some, or try again in a few seconds.\n";
    (StatusCode::TOO_MANY_REQUESTS, fields, text).into_response()
}

/// The answer, which keeps the seat until its last byte is written.
pub(super) fn seated(response: Response, share: Share) -> Response {
    response.map(|body| Body::new(Seated { body, _share: share }))
}

struct Seated {
    body: Body,
    _share: Share,
}

impl HttpBody for Seated {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
