//! Wrong guesses, counted by whoever makes them, so that nobody makes many.
//!
//! It holds at most [`MAX_GUESSERS`] guessers at a time; beyond that all further ones share one count, so that whoever has
//! many addresses gets no further either.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::Timestamp;

const MINUTE: Duration = Duration::from_secs(60);
const MAX_GUESSERS: usize = 4096;

/// Counts wrong guesses within the minute; `K` is a client's network, or a name.
pub struct Guesses<K> {
    allowed: u32,
    minute: Mutex<Minute<K>>,
}

struct Minute<K> {
    began: Timestamp,
    wrong: HashMap<Option<K>, u32>,
}

impl<K: Eq + Hash> Guesses<K> {
    /// So many are allowed within a minute.
    pub fn new(allowed: u32) -> Self {
        Self { allowed, minute: Mutex::new(Minute { began: Timestamp::default(), wrong: HashMap::new() }) }
    }

    /// Whether he may guess again. Whoever has no key shares one count with all of his kind.
    pub fn may_try(&self, who: Option<K>, now: Timestamp) -> bool {
        let minute = self.minute(now);
        let key = minute.key(who);
        minute.wrong.get(&key).is_none_or(|count| *count < self.allowed)
    }

    /// Takes note of a wrong one; whether it was one of those that are allowed.
    pub fn wrong(&self, who: Option<K>, now: Timestamp) -> bool {
        let mut minute = self.minute(now);
        let key = minute.key(who);
        let count = minute.wrong.entry(key).or_default();
        *count = count.saturating_add(1);
        *count <= self.allowed
    }

    /// The minute that runs; a clock that was set back starts a new one.
    fn minute(&self, now: Timestamp) -> MutexGuard<'_, Minute<K>> {
        let mut minute = self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        if now < minute.began || now.since(minute.began) >= MINUTE {
            *minute = Minute { began: now, wrong: HashMap::new() };
        }
        minute
    }
}

impl<K: Eq + Hash> Minute<K> {
    fn key(&self, who: Option<K>) -> Option<K> {
        if self.wrong.len() < MAX_GUESSERS || self.wrong.contains_key(&who) { who } else { None }
    }
}

#[cfg(test)]
mod tests {
    use model::Network;

    use super::*;

    fn network(text: &str) -> Option<Network> {
        Network::parse(text)
    }

    fn second(count: i64) -> Timestamp {
        Timestamp::from_secs(1_700_000_000 + count)
    }

    #[test]
    fn a_client_is_turned_away_for_the_rest_of_the_minute() {
        let guesses = Guesses::new(2);
        let (one, two) = (network("192.0.2.1"), network("192.0.2.2"));
        for _ in 0..2 {
            assert!(guesses.may_try(one, second(0)));
            guesses.wrong(one, second(0));
        }
        assert!(!guesses.may_try(one, second(59)));
        assert!(guesses.may_try(two, second(59)));
        assert!(guesses.may_try(one, second(60)));
    }

    #[test]
    fn many_clients_share_one_count_and_no_memory() {
        let guesses = Guesses::new(1);
        for number in 0..10_000_u32 {
            guesses.wrong(network(&std::net::Ipv4Addr::from(number).to_string()), second(0));
        }
        assert!(guesses.minute(second(0)).wrong.len() <= MAX_GUESSERS + 1);
        assert!(!guesses.may_try(network("203.0.113.9"), second(1)));
    }

    #[test]
    fn names_are_guessers_too() {
        let guesses = Guesses::new(1);
        guesses.wrong(Some("ann"), second(0));
        assert!(!guesses.may_try(Some("ann"), second(0)));
        assert!(guesses.may_try(Some("bob"), second(0)));
    }
}
