//! Parts of the path that fail and recover: one error line for each change, however many messages meet it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::names::bounded;
use model::{Clock, Timestamp};
use prometheus::{IntCounterVec, IntGaugeVec, Registry, Result};

use crate::families::{counters, gauges};

/// More of an error's text than this is not logged, in bytes.
const MAX_ERROR: usize = 500;

/// Every part that may fail: each has its metric from the start, and a name and words in the console.
pub const PARTS: [&str; 20] = [
    "store",
    "configuration",
    "scorer",
    "resolver",
    "dns_lists",
    "own_addresses",
    "diagnoses",
    "alerts",
    "journal",
    "next_hops",
    "webhooks",
    "nftables",
    "enforcement_command",
    "clamav",
    "spamd",
    "rspamd",
    "store_latency",
    "templates",
    "replies",
    "directory",
];

/// How a part fails at the moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Degradation {
    /// Since when.
    pub since: Timestamp,
    /// What is done instead: `continue`, `tempfail`, ….
    pub policy: &'static str,
    /// What went wrong first, at most 500 bytes.
    pub error: String,
}

/// Takes note of parts that fail and recover.
pub(crate) struct Watch {
    clock: Arc<dyn Clock>,
    failing: Mutex<HashMap<&'static str, Degradation>>,
    degraded: IntGaugeVec,
    failures: IntCounterVec,
    repairs: IntCounterVec,
}

impl Watch {
    pub(crate) fn new(registry: &Registry, clock: Arc<dyn Clock>) -> Result<Self> {
        let degraded = "Whether a part of the path fails at the moment and its declared policy applies (1) or not (0).";
        let failures = "Failures of a part of the path, by the policy that was applied.";
        let repairs = "What somebody else had changed and was put right again, by part and by what was wrong.";
        let watch = Self {
            clock,
            failing: Mutex::default(),
            degraded: gauges(registry, "portreeve_degraded", degraded, &["part"])?,
            failures: counters(registry, "portreeve_failures_total", failures, &["part", "policy"])?,
            repairs: counters(registry, "portreeve_repairs_total", repairs, &["part", "repair"])?,
        };
        for part in PARTS {
            watch.degraded.with_label_values(&[part]).set(0);
        }
        Ok(watch)
    }

    pub(crate) fn degraded(&self, part: &'static str, policy: &'static str, error: &str) {
        self.failures.with_label_values(&[part, policy]).inc();
        self.degraded.with_label_values(&[part]).set(1);
        let error = bounded(error, MAX_ERROR);
        if self.is_change(part, policy, error) {
            tracing::error!(part, policy, error, "a part of the path fails");
        } else {
            tracing::debug!(part, policy, error, "a part of the path still fails");
        }
    }

    pub(crate) fn recovered(&self, part: &'static str) {
        self.degraded.with_label_values(&[part]).set(0);
        let Some(was) = self.failing().remove(part) else { return };
        let seconds = self.clock.now().since(was.since).as_secs();
        tracing::info!(part, failed_for_s = seconds, "a part of the path works again");
    }

    pub(crate) fn repaired(&self, part: &'static str, repair: &'static str, count: u64) {
        self.repairs.with_label_values(&[part, repair]).inc_by(count);
        tracing::warn!(part, repair, count, "somebody else's change was put right");
    }

    pub(crate) fn degradation(&self, part: &str) -> Option<Degradation> {
        self.failing().get(part).cloned()
    }

    pub(crate) fn degradations(&self) -> Vec<(&'static str, Degradation)> {
        let mut failing: Vec<_> = self.failing().iter().map(|(part, failing)| (*part, failing.clone())).collect();
        failing.sort_by_key(|(part, _)| *part);
        failing
    }

    fn is_change(&self, part: &'static str, policy: &'static str, error: &str) -> bool {
        let since = self.clock.now();
        let mut failing = self.failing();
        if failing.get(part).is_some_and(|known| known.policy == policy) {
            return false;
        }
        let since = failing.get(part).map_or(since, |known| known.since);
        failing.insert(part, Degradation { since, policy, error: error.to_owned() });
        true
    }

    fn failing(&self) -> MutexGuard<'_, HashMap<&'static str, Degradation>> {
        self.failing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
