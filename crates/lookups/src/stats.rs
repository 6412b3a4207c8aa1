//! What the look-ups tell of themselves.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::resolver::{Answer, Trouble};

/// Look-ups by outcome, since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// Answered from memory.
    pub remembered: u64,
    /// Answered with records.
    pub found: u64,
    /// Answered that there are none, or no such name.
    pub absent: u64,
    /// Not answered in time.
    pub timed_out: u64,
    /// Answered with a failure, or not to be asked.
    pub failed: u64,
    /// Asked to authenticate a message, and answered with records.
    pub authentication_found: u64,
    /// Asked to authenticate a message, without a record: there is none, or no answer.
    pub authentication_not_found: u64,
}

#[derive(Default)]
pub(crate) struct Stats {
    remembered: AtomicU64,
    found: AtomicU64,
    absent: AtomicU64,
    timed_out: AtomicU64,
    failed: AtomicU64,
    authentication_found: AtomicU64,
    authentication_not_found: AtomicU64,
}

impl Stats {
    pub(crate) fn remembered(&self) {
        self.remembered.fetch_add(1, Ordering::Relaxed);
    }

    fn answered(&self, answer: &Answer) {
        let counter = match answer {
            Answer::Records(_) => &self.found,
            Answer::NoRecords | Answer::NoSuchName => &self.absent,
            Answer::Unknown(Trouble::TimedOut) => &self.timed_out,
            Answer::Unknown(Trouble::Failed) => &self.failed,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// What was asked to authenticate one message, and how much of it had records.
    pub(crate) fn authenticated(&self, asked: u64, found: u64) {
        self.authentication_found.fetch_add(found, Ordering::Relaxed);
        self.authentication_not_found.fetch_add(asked.saturating_sub(found), Ordering::Relaxed);
    }

    pub(crate) fn figures(&self) -> Figures {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Figures {
            remembered: read(&self.remembered),
            found: read(&self.found),
            absent: read(&self.absent),
            timed_out: read(&self.timed_out),
            failed: read(&self.failed),
            authentication_found: read(&self.authentication_found),
            authentication_not_found: read(&self.authentication_not_found),
        }
    }
}

/// A look-up under way. Whoever gives it up, because the message's time was over, has it counted as not answered in time.
pub(crate) struct Unanswered<'s>(pub(crate) &'s Stats);

impl Unanswered<'_> {
    pub(crate) fn answered(self, answer: &Answer) {
        self.0.answered(answer);
        std::mem::forget(self);
    }
}

impl Drop for Unanswered<'_> {
    fn drop(&mut self) {
        self.0.timed_out.fetch_add(1, Ordering::Relaxed);
    }
}
