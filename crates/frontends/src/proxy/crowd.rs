//! How many sessions are open, in all and from one client.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use model::{ClientAddr, Network};

use super::stats::ProxyStats;

/// The sessions that are open.
#[derive(Debug, Default)]
pub(super) struct Crowd {
    open: Mutex<Open>,
    stats: Arc<ProxyStats>,
}

#[derive(Debug, Default)]
struct Open {
    in_all: u32,
    by_client: HashMap<Network, u32>,
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
        let from_client = open.by_client.get(&network).copied().unwrap_or(0);
        if open.in_all >= in_all || from_client >= per_client {
            self.stats.sessions_refused.add(1);
            return None;
        }
        open.in_all += 1;
        open.by_client.insert(network, from_client + 1);
        Some(Place { crowd: Arc::clone(self), network })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.crowd.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.in_all = open.in_all.saturating_sub(1);
        match open.by_client.get_mut(&self.network) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(open.by_client.remove(&self.network)),
        }
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
        assert_eq!(crowd.stats.sessions_refused.get(), 2);
    }
}
