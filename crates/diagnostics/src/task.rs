//! A diagnosis as it is kept.

use model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::finding::{Finding, Outcome};
use crate::patient::Patient;
use crate::summary::Summary;

/// Where a diagnosis stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It waits for its turn.
    Todo,
    /// It runs.
    Doing,
    /// All that could be found out was.
    Done,
    /// It ended early.
    Error,
}

impl State {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Todo => "todo",
            Self::Doing => "doing",
            Self::Done => "done",
            Self::Error => "error",
        }
    }

    /// Whether nothing more happens.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Error)
    }
}

/// One diagnosis. A new one replaces none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Its number, from 1, never used again.
    pub id: u64,
    /// Who is diagnosed.
    pub patient: Patient,
    /// Where it stands.
    pub state: State,
    /// Who asked for it.
    pub by: String,
    /// When it was asked for.
    pub created: Timestamp,
    /// When it began.
    pub started: Option<Timestamp>,
    /// When it ended.
    pub finished: Option<Timestamp>,
    /// How many checks are made.
    pub checks: usize,
    /// What was found so far, in the order of the table.
    pub findings: Vec<Finding>,
    /// Why it ended early.
    pub error: Option<String>,
}

impl Task {
    /// A diagnosis that waits; its number is given by the store.
    pub(crate) fn new(patient: Patient, by: &str, created: Timestamp) -> Self {
        let checks = crate::table::rows_for(&patient).count();
        let (started, finished, error) = (None, None, None);
        let by = by.to_owned();
        Self { id: 0, patient, state: State::Todo, by, created, started, finished, checks, findings: Vec::new(), error }
    }

    pub(crate) fn begin(&mut self, now: Timestamp) {
        (self.state, self.started) = (State::Doing, Some(now));
    }

    pub(crate) fn end(&mut self, now: Timestamp) {
        (self.state, self.finished) = (State::Done, Some(now));
    }

    /// Ends it for a reason, with what was found so far.
    pub(crate) fn give_up(&mut self, why: &str, now: Timestamp) {
        (self.state, self.finished, self.error) = (State::Error, Some(now), Some(why.to_owned()));
    }

    /// Keeps a finding in its place.
    pub(crate) fn note(&mut self, finding: Finding) {
        let at = self.findings.partition_point(|other| other.check < finding.check);
        self.findings.insert(at, finding);
    }

    /// What the findings amount to.
    pub fn summary(&self) -> Summary {
        Summary::of(&self.findings, self.finished)
    }

    /// Its worst finding; unknown where nothing was found.
    pub fn outcome(&self) -> Outcome {
        let worst = [Outcome::Fail, Outcome::Warn, Outcome::Unknown, Outcome::Pass];
        let has = |outcome: &Outcome| self.findings.iter().any(|finding| finding.outcome == *outcome);
        worst.into_iter().find(has).unwrap_or(Outcome::Unknown)
    }

    /// Whether a check failed.
    pub fn any_fails(&self) -> bool {
        self.findings.iter().any(|finding| finding.outcome == Outcome::Fail)
    }
}
