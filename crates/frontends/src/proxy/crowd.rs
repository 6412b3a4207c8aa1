//! How many sessions are open, in all and from one client.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use model::{ClientAddr, Network};

use super::stats::ProxyStats;

/// The sessions that are open.
#[derive(Debug, Default)]
pub(super) struct Crowd {
    open: Mutex<HashMap<Network, u32>>,
    stats: Arc<ProxyStats>,
}

/// One session's place; it is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Place {
    crowd: Arc<Crowd>,
    network: Network,
}

impl Crowd {
    pub(super) fn new(stats: Arc<ProxyStats>) -> Self {
        Self { open: Mutex::default(), stats }
    }

    /// A place for one more session, unless there are too many in all or from the client.
    pub(super) fn enter(self: &Arc<Self>, client: ClientAddr, in_all: u32, per_client: u32) -> Option<Place> {
        let network = client.network();
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = self.stats.sessions_open.value() >= u64::from(in_all);
        if is_full || open.get(&network).is_some_and(|count| *count >= per_client) {
            self.stats.sessions_refused.one();
            return None;
        }
        *open.entry(network).or_default() += 1;
        self.stats.sessions_open.one();
        self.stats.sessions.one();
        Some(Place { crowd: Arc::clone(self), network })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.crowd.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.network) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.network);
            }
        }
        self.crowd.stats.sessions_open.less();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_bounded_in_all_and_per_client_and_come_back() {
        let crowd = Arc::new(Crowd::default());
        let client = |text: &str| ClientAddr::parse(text).unwrap();
        let one = crowd.enter(client("2001:db8::1"), 3, 1);
        assert!(one.is_some());
        assert!(crowd.enter(client("2001:db8::2"), 3, 1).is_none(), "the same /64 is the same client");
        let others = [crowd.enter(client("192.0.2.1"), 3, 1), crowd.enter(client("192.0.2.2"), 3, 1)];
        assert!(others.iter().all(Option::is_some));
        assert!(crowd.enter(client("192.0.2.3"), 3, 1).is_none(), "three are enough");
        drop(one);
        assert!(crowd.enter(client("2001:db8::2"), 3, 1).is_some());
        assert_eq!(crowd.stats.sessions_refused.value(), 2);
    }
}
