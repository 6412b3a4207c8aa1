//! Whether DNS and its lists work, as far as messages noticed; and the rest that is given to what does not.
//!
//! It outlives a configuration: what has failed must be told to work again by whoever sees it.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::{Clock, DomainName, Event, EventSink, Timestamp};

/// So many messages in a row without any answer, and DNS is left alone for [`REST`]: each of them has waited its whole budget.
const STREAK: u32 = 3;
const REST: Duration = Duration::from_secs(10);
/// A list that refuses is left alone for so long. Those who run one ban who goes on asking.
const LIST_REST: Duration = Duration::from_secs(300);
/// More zones than this are not remembered; a configuration has a handful.
const MAX_ZONES: usize = 256;

/// What happens to mail meanwhile: it is scored without.
const POLICY: &str = "continue";

/// Watches the resolver, the lists and this host's own reputation.
pub struct Health {
    events: Arc<dyn EventSink>,
    clock: Arc<dyn Clock>,
    streak: AtomicU32,
    rests_until: AtomicI64,
    refusing: Mutex<HashMap<DomainName, Timestamp>>,
    own_listed: AtomicBool,
}

impl Health {
    /// All is well so far.
    pub fn new(events: Arc<dyn EventSink>, clock: Arc<dyn Clock>) -> Self {
        Self {
            events,
            clock,
            streak: AtomicU32::new(0),
            rests_until: AtomicI64::new(i64::MIN),
            refusing: Mutex::default(),
            own_listed: AtomicBool::new(false),
        }
    }

    /// Whether DNS is worth asking for a message.
    pub(crate) fn may_ask(&self) -> bool {
        self.clock.now().0 >= self.rests_until.load(Ordering::Relaxed)
    }

    /// How a message's look-ups went: whether any was answered, and whether any was not.
    pub(crate) fn asked(&self, answered: bool, unanswered: bool) {
        if answered {
            if self.streak.swap(0, Ordering::Relaxed) > 0 {
                self.events.emit(&Event::Recovered { part: "resolver" });
            }
        } else if unanswered {
            self.silent();
        }
    }

    fn silent(&self) {
        let streak = self.streak.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        if streak >= STREAK {
            self.rests_until.store(self.clock.now().after(REST).0, Ordering::Relaxed);
        }
        let error = "no name server answered in time what was asked for a message; it is scored without";
        self.events.emit(&Event::Degraded { part: "resolver", policy: POLICY, error });
    }

    /// Whether a zone is worth asking.
    pub(crate) fn may_ask_list(&self, zone: &DomainName) -> bool {
        self.refusing().get(zone).is_none_or(|until| self.clock.now() >= *until)
    }

    /// A zone answered what no list answers.
    pub(crate) fn list_refused(&self, zone: &DomainName, answer: IpAddr) {
        let until = self.clock.now().after(LIST_REST);
        let mut refusing = self.refusing();
        if refusing.len() < MAX_ZONES || refusing.contains_key(zone) {
            refusing.insert(zone.clone(), until);
        }
        drop(refusing);
        let error = format!(
            "the list {zone} answers {answer}: it is closed, or refuses this host's resolver (a public one, or too many \
             questions); it is not asked for five minutes"
        );
        self.events.emit(&Event::Degraded { part: "dns_lists", policy: POLICY, error: &error });
    }

    /// A zone answered as lists do.
    pub(crate) fn list_answered(&self, zone: &DomainName) {
        let mut refusing = self.refusing();
        let was_last = refusing.remove(zone).is_some() && refusing.is_empty();
        drop(refusing);
        if was_last {
            self.events.emit(&Event::Recovered { part: "dns_lists" });
        }
    }

    /// What the lists say of the addresses mail leaves from; empty: nothing.
    pub(crate) fn own_addresses(&self, listings: &[String]) {
        if listings.is_empty() {
            if self.own_listed.swap(false, Ordering::Relaxed) {
                self.events.emit(&Event::Recovered { part: "own_addresses" });
            }
            return;
        }
        self.own_listed.store(true, Ordering::Relaxed);
        let error = format!("mail from here is refused by whoever asks these lists: {}", listings.join("; "));
        self.events.emit(&Event::Degraded { part: "own_addresses", policy: POLICY, error: &error });
    }

    fn refusing(&self) -> MutexGuard<'_, HashMap<DomainName, Timestamp>> {
        self.refusing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
