//! How many reports there were and are, for metrics.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use model::Timestamp;

/// What became of a report, or of the wish to make one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Taken,
    Refused,
    Confirmed,
    Declined,
    Dropped,
}

/// The words of [`Outcome`], in its order.
const WORDS: [&str; 5] = ["taken", "refused", "confirmed", "declined", "dropped"];

/// How many reports there were and are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportFigures {
    /// Since the start, by what became of them.
    pub outcomes: [(&'static str, u64); 5],
    /// Waiting for a decision.
    pub open: u64,
    /// How long the oldest of them has waited.
    pub oldest: Duration,
}

/// The counts.
#[derive(Debug)]
pub(super) struct Tally {
    outcomes: [AtomicU64; 5],
    open: AtomicU64,
    /// When the oldest open report was made; `i64::MAX` when none is open.
    oldest: AtomicI64,
}

impl Default for Tally {
    fn default() -> Self {
        Self { outcomes: Default::default(), open: AtomicU64::new(0), oldest: AtomicI64::new(i64::MAX) }
    }
}

impl Tally {
    pub(super) fn count(&self, outcome: Outcome) {
        if let Some(count) = self.outcomes.get(outcome as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(super) fn waits(&self, open: usize, oldest: Option<Timestamp>) {
        self.open.store(u64::try_from(open).unwrap_or(u64::MAX), Ordering::Relaxed);
        self.oldest.store(oldest.map_or(i64::MAX, |oldest| oldest.0), Ordering::Relaxed);
    }

    pub(super) fn figures(&self, now: Timestamp) -> ReportFigures {
        let mut outcomes = WORDS.map(|word| (word, 0));
        for ((_, figure), count) in outcomes.iter_mut().zip(&self.outcomes) {
            *figure = count.load(Ordering::Relaxed);
        }
        let oldest = now.since(Timestamp(self.oldest.load(Ordering::Relaxed)));
        ReportFigures { outcomes, open: self.open.load(Ordering::Relaxed), oldest }
    }
}
