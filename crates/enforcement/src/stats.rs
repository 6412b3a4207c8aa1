//! What enforcement tells of itself.

use std::sync::atomic::{AtomicU64, Ordering};

/// A number that is read at each scrape.
#[derive(Debug, Default)]
pub(crate) struct Figure(AtomicU64);

impl Figure {
    pub(crate) fn set(&self, value: usize) {
        self.0.store(value as u64, Ordering::Relaxed);
    }

    pub(crate) fn count(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn read(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

#[derive(Debug, Default)]
pub(crate) struct Stats {
    pub(crate) elements: Figure,
    pub(crate) looks: Figure,
    pub(crate) failed_looks: Figure,
    pub(crate) open_commands: Figure,
    pub(crate) told: Figure,
    pub(crate) failed: Figure,
    pub(crate) given_up: Figure,
}

/// Enforcement in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// Addresses and networks in the sets, as far as we put them there.
    pub elements: u64,
    /// Times the sets were brought up to date or looked at.
    pub looks: u64,
    /// Times that failed.
    pub failed_looks: u64,
    /// Commands that wait or run.
    pub open_commands: u64,
    /// Commands that ended well.
    pub told: u64,
    /// Runs of a command that failed or were killed; each is tried again.
    pub failed: u64,
    /// Commands that were given up.
    pub given_up: u64,
}

impl Stats {
    pub(crate) fn figures(&self) -> Figures {
        Figures {
            elements: self.elements.read(),
            looks: self.looks.read(),
            failed_looks: self.failed_looks.read(),
            open_commands: self.open_commands.read(),
            told: self.told.read(),
            failed: self.failed.read(),
            given_up: self.given_up.read(),
        }
    }
}
