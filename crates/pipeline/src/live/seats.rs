//! Seats for listeners: so many altogether, and of these so many for one, so that nobody takes all of them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Live;

/// There is no seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoSeat {
    /// Every seat is taken.
    #[error("{} listen already; try again later", Live::SEATS)]
    Full,
    /// He has as many as one may have.
    #[error("{} listen with this key already: close one of them", Live::SEATS_EACH)]
    Own,
}

/// How many each has taken. Whoever has none is not remembered.
#[derive(Default)]
pub(super) struct Seats(Mutex<HashMap<String, usize>>);

impl Seats {
    /// One more for him, until it is dropped.
    pub(super) fn take(self: &Arc<Self>, who: &str) -> Result<Seat, NoSeat> {
        let mut taken = self.lock();
        if taken.get(who).is_some_and(|own| *own >= Live::SEATS_EACH) {
            return Err(NoSeat::Own);
        }
        if taken.values().sum::<usize>() >= Live::SEATS {
            return Err(NoSeat::Full);
        }
        *taken.entry(who.to_owned()).or_default() += 1;
        Ok(Seat { seats: Arc::clone(self), who: who.to_owned() })
    }

    /// No call leaves it half changed.
    fn lock(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody's seat.
pub(super) struct Seat {
    seats: Arc<Seats>,
    who: String,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.lock();
        if let Some(own) = taken.get_mut(&self.who) {
            *own = own.saturating_sub(1);
        }
        taken.retain(|_, own| *own > 0);
    }
}
