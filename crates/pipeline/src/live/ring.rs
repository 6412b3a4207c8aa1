//! The latest changes, numbered.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use super::change::Change;

/// A place between two changes: what was heard up to there. Only the process that gave it knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    run: u64,
    heard: u64,
}

impl Cursor {
    /// A place that no process knows: whoever goes on from there has missed something.
    pub const UNKNOWN: Self = Self { run: 0, heard: u64::MAX };

    /// Reads one as [`fmt::Display`] writes it.
    pub fn parse(text: &str) -> Option<Self> {
        let (run, heard) = text.trim().split_once('-')?;
        Some(Self { run: u64::from_str_radix(run, 16).ok()?, heard: heard.parse().ok()? })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}-{}", self.run, self.heard)
    }
}

/// Changes, the first of them numbered `first`; numbers begin at 1.
pub(super) struct Ring {
    run: u64,
    kept: usize,
    first: u64,
    changes: VecDeque<Arc<Change>>,
}

impl Ring {
    pub(super) fn new(run: u64, kept: usize) -> Self {
        Self { run, kept, first: 1, changes: VecDeque::new() }
    }

    /// The number of the change.
    pub(super) fn push(&mut self, change: Change) -> u64 {
        if self.changes.len() >= self.kept && self.changes.pop_front().is_some() {
            self.first += 1;
        }
        self.changes.push_back(Arc::new(change));
        self.end() - 1
    }

    pub(super) fn first(&self) -> u64 {
        self.first
    }

    /// The number of the change that comes next.
    fn end(&self) -> u64 {
        self.first.saturating_add(self.changes.len() as u64)
    }

    pub(super) fn at(&self, number: u64) -> Option<Arc<Change>> {
        let index = usize::try_from(number.checked_sub(self.first)?).ok()?;
        self.changes.get(index).cloned()
    }

    /// Where to begin, and whether something was missed. Without a place, and with one of another process, it begins with what comes.
    pub(super) fn begin(&self, after: Option<Cursor>) -> (u64, bool) {
        match after {
            None => (self.end(), false),
            Some(Cursor { run, heard }) if run == self.run && heard < self.end() => (heard + 1, false),
            Some(_) => (self.end(), true),
        }
    }

    /// The place before a change.
    pub(super) fn before(&self, number: u64) -> Cursor {
        Cursor { run: self.run, heard: number.saturating_sub(1) }
    }
}
