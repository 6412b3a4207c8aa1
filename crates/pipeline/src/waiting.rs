//! How many tickets are open and how long somebody has waited for an operator, for metrics.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use customers::ticket::{OpenTickets, TicketStore};
use model::{Clock, Timestamp};

/// Figures are read anew after this long: a scrape asks for several of them, and anybody may scrape often.
const FRESH: Duration = Duration::from_secs(5);

/// Open tickets in numbers, as the store has them. While it fails they stay as they were.
pub struct Waiting {
    store: Arc<dyn TicketStore>,
    clock: Arc<dyn Clock>,
    read: Mutex<Option<(Timestamp, OpenTickets)>>,
}

impl Waiting {
    /// Of that store.
    pub fn new(store: Arc<dyn TicketStore>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, read: Mutex::default() }
    }

    /// Those that are open. Blocks the thread on the store, every few seconds at most.
    pub fn open(&self) -> OpenTickets {
        let now = self.clock.now();
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let known = read.as_ref().map(|(_, open)| *open).unwrap_or_default();
        // A clock that was set back makes nothing fresh for ever.
        if read.as_ref().is_some_and(|(at, _)| *at <= now && now.since(*at) < FRESH) {
            return known;
        }
        let open = self.store.open_tickets().unwrap_or(known);
        *read = Some((now, open));
        open
    }

    /// How long the one that waits longest for an operator has waited; zero when none does. Blocks as [`Self::open`].
    pub fn longest(&self) -> Duration {
        self.open().waits_since().map_or(Duration::ZERO, |since| self.clock.now().since(since))
    }
}
