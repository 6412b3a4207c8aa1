//! Wrong references, counted per client, so that nobody tries many.
//!
//! A reference can't be guessed within the age of the universe; the bound spares the store the attempts. It holds at most
//! [`MAX_CLIENTS`] clients a minute; beyond that all further ones share one count.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::HeaderMap;
use model::{ClientAddr, Network, Timestamp};

use crate::server::Peer;

const MINUTE: Duration = Duration::from_secs(60);
const MAX_CLIENTS: usize = 4096;

/// Counts wrong references within the minute.
pub(super) struct Guesses {
    allowed: u32,
    minute: Mutex<Minute>,
}

#[derive(Default)]
struct Minute {
    began: Timestamp,
    wrong: HashMap<Option<Network>, u32>,
}

impl Guesses {
    pub(super) fn new(allowed: u32) -> Self {
        Self { allowed, minute: Mutex::default() }
    }

    /// Whether the client may try another reference.
    pub(super) fn may_try(&self, client: Option<Network>, now: Timestamp) -> bool {
        let minute = self.minute(now);
        minute.wrong.get(&minute.key(client)).is_none_or(|count| *count < self.allowed)
    }

    /// Takes note of a wrong one.
    pub(super) fn wrong(&self, client: Option<Network>, now: Timestamp) {
        let mut minute = self.minute(now);
        let key = minute.key(client);
        let count = minute.wrong.entry(key).or_default();
        *count = count.saturating_add(1);
    }

    /// The minute that runs; a clock that was set back starts a new one.
    fn minute(&self, now: Timestamp) -> MutexGuard<'_, Minute> {
        let mut minute = self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        if now < minute.began || now.since(minute.began) >= MINUTE {
            *minute = Minute { began: now, wrong: HashMap::new() };
        }
        minute
    }
}

impl Minute {
    fn key(&self, client: Option<Network>) -> Option<Network> {
        let has_room = self.wrong.len() < MAX_CLIENTS;
        client.filter(|_| has_room || self.wrong.contains_key(&client))
    }
}

/// Who asks. A proxy on this host says so in the last entry of X-Forwarded-For; from anyone else the field is a claim.
pub(super) fn client(peer: Peer, headers: &HeaderMap) -> Option<Network> {
    let peer = ClientAddr::new(peer.0?);
    let forwarded = headers.get_all("x-forwarded-for").iter().next_back();
    let last = forwarded.and_then(|field| field.to_str().ok()?.rsplit(',').next()?.trim().parse::<IpAddr>().ok());
    let client = last.filter(|_| peer.is_loopback()).map_or(peer, ClientAddr::new);
    Some(client.network())
}

#[cfg(test)]
mod tests {
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
        assert!(guesses.minute(second(0)).wrong.len() <= MAX_CLIENTS + 1);
        assert!(!guesses.may_try(network("203.0.113.9"), second(1)));
    }

    #[test]
    fn only_a_proxy_on_this_host_may_name_the_client() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "203.0.113.5, 198.51.100.7".parse().unwrap());
        let from = |peer: &str| client(Peer(peer.parse().ok()), &headers);
        assert_eq!(from("127.0.0.1"), network("198.51.100.7"));
        assert_eq!(from("::ffff:127.0.0.1"), network("198.51.100.7"));
        assert_eq!(from("192.0.2.1"), network("192.0.2.1"));
        assert_eq!(client(Peer(None), &headers), None);
    }
}
