//! Signed requests that were carried out: the same one, repeated within its time, is answered and not done again.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use model::Timestamp;

/// How old or new a signed request may be: clocks differ, and a request that was tapped must not work tomorrow.
pub(super) const TOLERANCE: Duration = Duration::from_secs(300);

/// More within the tolerance than this are turned away: whoever signs that many is broken.
const MOST: usize = 100_000;

/// Whether a request may be carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum First {
    /// It is the first of its id.
    Yes,
    /// It was carried out before.
    No,
    /// Too many to remember.
    Full,
}

/// The ids of what was carried out, for as long as their requests would be taken.
#[derive(Default)]
pub(super) struct Seen(Mutex<HashMap<String, Timestamp>>);

impl Seen {
    /// Takes note of an id.
    pub(super) fn first(&self, id: &str, now: Timestamp) -> First {
        let mut ids = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // The signature's time may lie ahead of ours by the tolerance.
        let is_current = |at: Timestamp| now.since(at) <= 2 * TOLERANCE;
        if ids.get(id).is_some_and(|at| is_current(*at)) {
            return First::No;
        }
        if ids.len() >= MOST {
            ids.retain(|_, at| is_current(*at));
        }
        if ids.len() >= MOST {
            return First::Full;
        }
        ids.insert(id.to_owned(), now);
        First::Yes
    }

    /// It could not be carried out: the next try is the first again.
    pub(super) fn forget(&self, id: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_secs(1_800_000_000).after(Duration::from_secs(seconds))
    }

    #[test]
    fn an_id_counts_once_for_as_long_as_its_request_could_be_repeated() {
        let seen = Seen::default();
        assert_eq!(seen.first("a", at(0)), First::Yes);
        assert_eq!(seen.first("a", at(600)), First::No);
        assert_eq!(seen.first("b", at(0)), First::Yes);
        seen.forget("b");
        assert_eq!(seen.first("b", at(1)), First::Yes);
    }

    #[test]
    fn memory_is_bounded_and_recovers() {
        let seen = Seen::default();
        for number in 0..MOST {
            assert_eq!(seen.first(&number.to_string(), at(0)), First::Yes);
        }
        assert_eq!(seen.first("one more", at(1)), First::Full);
        assert_eq!(seen.first("one more", at(601)), First::Yes, "the old ones could not be repeated any more");
    }
}
