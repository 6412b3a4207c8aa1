//! What questions came to.

use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Debug, Default)]
pub(crate) struct Count(AtomicU64);

impl Count {
    pub(crate) fn up(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn read(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

#[derive(Debug, Default)]
pub(crate) struct Totals {
    pub(crate) owned: Count,
    pub(crate) unowned: Count,
    pub(crate) failed: Count,
    pub(crate) unusable: Count,
    pub(crate) spared: Count,
}

/// Totals since the start, and how much is known now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    /// Answers with an owner.
    pub owned: u64,
    /// Answers that there is none.
    pub unowned: u64,
    /// Questions without an answer.
    pub failed: u64,
    /// Answers about one name that can't be used.
    pub unusable: u64,
    /// Questions that were not asked: the directory was left alone after a failure, or too many waited.
    pub spared: u64,
    /// Answers that are kept.
    pub known: usize,
}

impl Totals {
    pub(crate) fn figures(&self, known: usize) -> Figures {
        Figures {
            owned: self.owned.read(),
            unowned: self.unowned.read(),
            failed: self.failed.read(),
            unusable: self.unusable.read(),
            spared: self.spared.read(),
            known,
        }
    }
}
