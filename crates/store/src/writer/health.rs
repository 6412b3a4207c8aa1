//! Whether the store works, told once per change.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use limits::StoreError;
use model::{Clock, Event, EventSink, Timestamp};

use crate::settings::OnFailure;

/// How the store does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Health {
    /// Since when it fails, and with what; `None` while it works.
    pub failing: Option<(Timestamp, String)>,
    /// Writes that wait.
    pub waiting: usize,
    /// Writes that may not be lost and were: refused by a full queue, or impossible.
    pub lost: u64,
}

pub(super) struct Monitor {
    clock: Arc<dyn Clock>,
    events: Arc<dyn EventSink>,
    policy: OnFailure,
    healthy: AtomicBool,
    lost: AtomicU64,
    failing: Mutex<Option<(Timestamp, String)>>,
}

impl Monitor {
    pub(super) fn new(clock: Arc<dyn Clock>, events: Arc<dyn EventSink>, policy: OnFailure) -> Self {
        let healthy = AtomicBool::new(true);
        Self { clock, events, policy, healthy, lost: AtomicU64::new(0), failing: Mutex::default() }
    }

    pub(super) fn is_healthy(&self) -> bool {
        self.healthy.load(Ordering::Relaxed)
    }

    pub(super) fn health(&self, waiting: usize) -> Health {
        let failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Health { failing, waiting, lost: self.lost.load(Ordering::Relaxed) }
    }

    pub(super) fn works(&self) {
        if !self.healthy.swap(true, Ordering::Relaxed) {
            *self.failing.lock().unwrap_or_else(PoisonError::into_inner) = None;
            self.events.emit(&Event::Recovered { part: "store" });
        }
    }

    pub(super) fn fails(&self, error: &StoreError) {
        let mut failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
        let since = failing.as_ref().map_or_else(|| self.clock.now(), |(since, _)| *since);
        *failing = Some((since, error.to_string()));
        drop(failing);
        if self.healthy.swap(false, Ordering::Relaxed) {
            self.degraded(error);
        }
    }

    /// Every loss is told: there is no second chance to notice it.
    pub(super) fn lost(&self, error: &StoreError) {
        self.lost.fetch_add(1, Ordering::Relaxed);
        self.degraded(error);
    }

    fn degraded(&self, error: &StoreError) {
        let policy = self.policy.as_str();
        self.events.emit(&Event::Degraded { part: "store", policy, error: &error.to_string() });
    }
}
