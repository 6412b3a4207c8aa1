//! Trip rules that only report: what they found waits here for whoever tells the operator.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use model::{Reason, SubjectKey, Timestamp};

/// A report rule was reached. One each time its count rises to the limit, not one for each message beyond.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// By whom.
    pub subject: SubjectKey,
    /// When.
    pub at: Timestamp,
    /// Which rule, and what it found.
    pub reason: Reason,
}

/// Reports nobody has fetched; beyond the bound the oldest go.
#[derive(Debug, Default)]
pub(super) struct Reports(Mutex<VecDeque<Report>>);

impl Reports {
    const MOST: usize = 1000;

    pub(super) fn add(&self, report: Report) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= Self::MOST {
            waiting.pop_front();
        }
        waiting.push_back(report);
    }

    pub(super) fn take(&self) -> Vec<Report> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).drain(..).collect()
    }
}
