//! What a scanner's inquiries came to.

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
pub(crate) struct Stats {
    pub(crate) answered: Count,
    pub(crate) failed: Count,
    pub(crate) spared: Count,
}

/// A scanner in numbers, since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// Messages it has answered for.
    pub answered: u64,
    /// Messages it was asked about in vain.
    pub failed: u64,
    /// Messages it was not asked about because it kept failing.
    pub spared: u64,
    /// Whether it is left alone at the moment.
    pub is_left_alone: bool,
}

impl Stats {
    pub(crate) fn figures(&self, is_left_alone: bool) -> Figures {
        Figures {
            answered: self.answered.read(),
            failed: self.failed.read(),
            spared: self.spared.read(),
            is_left_alone,
        }
    }
}
