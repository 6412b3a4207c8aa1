//! What the outbox tells of itself.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use limits::{AlertJob, LetterKind};
use model::Timestamp;

/// The outbox in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// Alerts that wait.
    pub depth: u64,
    /// How long the oldest of them has waited.
    pub oldest: Duration,
    /// Alerts the relay has taken since the start.
    pub sent: u64,
    /// Tries that failed since the start.
    pub failed: u64,
    /// Alerts given up since the start.
    pub given_up: u64,
    /// Letters told in one about many since the start.
    pub collected: u64,
    /// Letters that had nothing to tell any more since the start.
    pub overtaken: u64,
    /// Digests sent since the start.
    pub digests: u64,
}

#[derive(Default)]
pub(super) struct Stats {
    depth: AtomicU64,
    /// When the oldest began to wait; only read while the depth is not zero.
    oldest: AtomicI64,
    sent: AtomicU64,
    failed: AtomicU64,
    given_up: AtomicU64,
    collected: AtomicU64,
    overtaken: AtomicU64,
    digests: AtomicU64,
    kinds: Mutex<BTreeMap<&'static str, u64>>,
}

impl Stats {
    /// These jobs wait.
    pub(super) fn waits(&self, pending: &[AlertJob]) {
        let oldest = pending.iter().map(|job| job.created.0).min().unwrap_or(0);
        self.oldest.store(oldest, Ordering::Relaxed);
        self.depth.store(pending.len() as u64, Ordering::Relaxed);
    }

    /// The job as it is after a try.
    pub(super) fn tried(&self, job: &AlertJob) {
        let counter = match (job.sent, job.given_up) {
            (Some(_), _) => &self.sent,
            (None, Some(_)) => &self.given_up,
            (None, None) => &self.failed,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        if job.sent.is_some() {
            *self.kinds().entry(job.kind.word()).or_default() += 1;
        }
    }

    /// So many letters were told in one.
    pub(super) fn collected(&self, letters: usize) {
        self.collected.fetch_add(letters as u64, Ordering::Relaxed);
    }

    /// These letters are over without being sent by themselves.
    pub(super) fn settled(&self, letters: &[AlertJob]) {
        let overtaken = letters.iter().filter(|letter| letter.instead.is_some()).count();
        self.overtaken.fetch_add(overtaken as u64, Ordering::Relaxed);
    }

    /// A digest was sent.
    pub(super) fn digest(&self) {
        self.digests.fetch_add(1, Ordering::Relaxed);
    }

    /// Letters sent, for every kind there is.
    pub(super) fn sent_by_kind(&self) -> Vec<(&'static str, u64)> {
        let kinds = self.kinds();
        LetterKind::WORDS.iter().map(|word| (*word, kinds.get(word).copied().unwrap_or(0))).collect()
    }

    /// A map is never left half changed.
    fn kinds(&self) -> MutexGuard<'_, BTreeMap<&'static str, u64>> {
        self.kinds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn figures(&self, now: Timestamp) -> Figures {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let depth = read(&self.depth);
        let waited = now.since(Timestamp(self.oldest.load(Ordering::Relaxed)));
        Figures {
            depth,
            oldest: if depth == 0 { Duration::ZERO } else { waited },
            sent: read(&self.sent),
            failed: read(&self.failed),
            given_up: read(&self.given_up),
            collected: read(&self.collected),
            overtaken: read(&self.overtaken),
            digests: read(&self.digests),
        }
    }
}
