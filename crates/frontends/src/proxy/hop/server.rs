//! One next hop: whether it works, what it offered last, and the connections to it that wait for the next message.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use wire::smtp::Capabilities;

use super::super::address::HopAddress;
use super::connection::HopConnection;

/// Connections that wait, at most.
const MAX_IDLE: usize = 64;
/// How long one waits; shorter than any server's patience, a stressed Postfix apart.
const IDLE: Duration = Duration::from_secs(30);
/// How long an offer is believed without asking again.
const OFFER: Duration = Duration::from_secs(300);

/// A next hop.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) address: HopAddress,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    paused_until: Option<Instant>,
    offer: Option<(Arc<Capabilities>, Instant)>,
    idle: Vec<(HopConnection, Instant)>,
}

impl Server {
    pub(super) fn new(address: HopAddress) -> Self {
        Self { address, state: Mutex::default() }
    }

    /// Never held across an await; a panic elsewhere leaves nothing half done in it.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it isn't known to fail.
    pub(super) fn is_healthy(&self) -> bool {
        self.state().paused_until.is_none_or(|until| until <= Instant::now())
    }

    /// It failed; others come first for a while.
    pub(super) fn pause(&self, length: Duration) {
        let mut state = self.state();
        state.paused_until = Some(Instant::now() + length);
        state.offer = None;
    }

    /// It works, and offers this.
    pub(super) fn works(&self, offer: &Arc<Capabilities>) {
        let mut state = self.state();
        state.paused_until = None;
        state.offer = Some((Arc::clone(offer), Instant::now()));
    }

    /// What it offered not long ago.
    pub(super) fn offer(&self) -> Option<Arc<Capabilities>> {
        let state = self.state();
        let fresh = state.offer.as_ref().filter(|(_, at)| at.elapsed() < OFFER);
        fresh.map(|(offer, _)| Arc::clone(offer))
    }

    /// The connection that was used last, if it hasn't waited too long.
    pub(super) fn take(&self) -> Option<HopConnection> {
        let (connection, since) = self.state().idle.pop()?;
        if since.elapsed() < IDLE {
            return Some(connection);
        }
        connection.quit();
        None
    }

    /// Keeps a connection for the next message.
    pub(super) fn keep(&self, connection: HopConnection) {
        let mut state = self.state();
        if state.idle.len() < MAX_IDLE {
            state.idle.push((connection, Instant::now()));
            return;
        }
        drop(state);
        connection.quit();
    }

    /// Says goodbye on connections that have waited too long; all of them, when `all` is set.
    pub(super) fn sweep(&self, all: bool) {
        let mut state = self.state();
        let (stale, fresh) = state.idle.drain(..).partition(|(_, since)| all || since.elapsed() >= IDLE);
        state.idle = fresh;
        drop(state);
        let stale: Vec<(HopConnection, Instant)> = stale;
        stale.into_iter().for_each(|(connection, _)| connection.quit());
    }
}
