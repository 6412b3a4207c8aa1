//! What the webhooks tell of themselves.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use limits::Backlog;
use model::{Clock, Event, EventSink, Timestamp};

/// All webhooks in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    /// Receivers.
    pub receivers: u64,
    /// Deliveries that wait.
    pub waiting: u64,
    /// How long the oldest of them has waited.
    pub oldest: Duration,
    /// Dead letters.
    pub dead: u64,
    /// Deliveries taken since the start.
    pub delivered: u64,
    /// Tries that failed since the start.
    pub failed: u64,
    /// Deliveries given up since the start.
    pub given_up: u64,
    /// The receivers that do not work.
    pub failing: Vec<Failing>,
}

/// A receiver that does not work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failing {
    /// Its name.
    pub hook: String,
    /// Since when.
    pub since: Timestamp,
    /// What went wrong last.
    pub error: String,
}

/// One receiver, as it was seen last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Receiver {
    /// Its name.
    pub name: String,
    /// Events that wait for it.
    pub waiting: u64,
    /// When the oldest of them happened.
    pub oldest: Option<Timestamp>,
    /// Its dead letters.
    pub dead: u64,
    /// Since when it does not work, and what went wrong last.
    pub failing: Option<(Timestamp, String)>,
}

#[derive(Default)]
pub(crate) struct Totals {
    pub(crate) delivered: AtomicU64,
    pub(crate) failed: AtomicU64,
    pub(crate) given_up: AtomicU64,
    backlogs: Mutex<BTreeMap<String, Backlog>>,
    failing: Mutex<BTreeMap<String, (Timestamp, String)>>,
}

impl Totals {
    /// What waits for a receiver, as it was seen last.
    pub(crate) fn waits(&self, hook: &str, backlog: Backlog) {
        lock(&self.backlogs).insert(hook.to_owned(), backlog);
    }

    /// Only these receivers are there.
    pub(crate) fn retain(&self, names: &[&str]) {
        lock(&self.backlogs).retain(|hook, _| names.contains(&hook.as_str()));
        lock(&self.failing).retain(|hook, _| names.contains(&hook.as_str()));
    }

    /// A receiver does not work. The first failure is told.
    pub(crate) fn fails(&self, hook: &str, error: &str, now: Timestamp, events: &dyn EventSink) {
        let mut failing = lock(&self.failing);
        let known = failing.get(hook).map(|(since, _)| *since);
        failing.insert(hook.to_owned(), (known.unwrap_or(now), error.to_owned()));
        drop(failing);
        if known.is_none() {
            tracing::warn!(webhook = hook, error, "a receiver does not work; its events wait");
            let error = format!("webhook \"{hook}\": {error}");
            events.emit(&Event::Degraded { part: "webhooks", policy: "retry", error: &error });
        }
    }

    /// A receiver works. When it did not, and no other fails, that is told.
    pub(crate) fn works(&self, hook: &str, events: &dyn EventSink) {
        let mut failing = lock(&self.failing);
        let (recovered, all) = (failing.remove(hook).is_some(), failing.is_empty());
        drop(failing);
        if recovered {
            tracing::info!(webhook = hook, "a receiver works again");
        }
        if recovered && all {
            events.emit(&Event::Recovered { part: "webhooks" });
        }
    }

    pub(crate) fn receiver(&self, name: String) -> Receiver {
        let backlog = lock(&self.backlogs).get(&name).cloned().unwrap_or_default();
        let failing = lock(&self.failing).get(&name).cloned();
        Receiver { name, waiting: backlog.waiting, oldest: backlog.oldest, dead: backlog.dead, failing }
    }

    pub(crate) fn figures(&self, receivers: usize, clock: &dyn Clock) -> Figures {
        let backlogs = lock(&self.backlogs);
        let oldest = backlogs.values().filter_map(|backlog| backlog.oldest).min();
        let failing = lock(&self.failing);
        let failing = failing.iter().map(|(hook, (since, error))| Failing {
            hook: hook.clone(),
            since: *since,
            error: error.clone(),
        });
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Figures {
            receivers: receivers as u64,
            waiting: backlogs.values().map(|backlog| backlog.waiting).sum(),
            oldest: oldest.map_or(Duration::ZERO, |oldest| clock.now().since(oldest)),
            dead: backlogs.values().map(|backlog| backlog.dead).sum(),
            delivered: read(&self.delivered),
            failed: read(&self.failed),
            given_up: read(&self.given_up),
            failing: failing.collect(),
        }
    }
}

/// Maps are never left half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
