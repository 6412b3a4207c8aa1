//! How diagnoses ended, for metrics.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::finding::Cause;
use crate::task::{State, Task};

/// How a diagnosis can end: as its worst finding, or early.
const ENDS: [&str; 5] = ["pass", "warn", "fail", "unknown", "error"];
/// What can keep mail from going.
const CAUSES: [Cause; 5] = [Cause::Suspended, Cause::Password, Cause::Locked, Cause::SpamBlock, Cause::Infrastructure];

/// Diagnoses in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiagnosisFigures {
    /// Those that wait for their turn.
    pub todo: u64,
    /// Those that run.
    pub doing: u64,
    /// How they ended since the start.
    pub ended: [(&'static str, u64); ENDS.len()],
    /// What kept mail from going in those that failed since the start.
    pub causes: [(&'static str, u64); CAUSES.len()],
}

#[derive(Debug, Default)]
pub(crate) struct Tally {
    ended: [AtomicU64; ENDS.len()],
    causes: [AtomicU64; CAUSES.len()],
}

impl Tally {
    /// One has ended.
    pub(crate) fn ended(&self, task: &Task) {
        let end = match task.state {
            State::Error => "error",
            _ => task.outcome().as_str(),
        };
        raise(&self.ended, ENDS.iter().position(|word| *word == end));
        let cause = task.summary().cause;
        raise(&self.causes, CAUSES.iter().position(|known| Some(*known) == cause));
    }

    /// With those that are not over.
    pub(crate) fn figures<'t>(&self, unfinished: impl Iterator<Item = &'t Task>) -> DiagnosisFigures {
        let (mut todo, mut doing) = (0, 0);
        for task in unfinished {
            match task.state {
                State::Todo => todo += 1,
                State::Doing => doing += 1,
                State::Done | State::Error => {}
            }
        }
        let (ended, causes) = (read(ENDS, &self.ended), read(CAUSES.map(Cause::as_str), &self.causes));
        DiagnosisFigures { todo, doing, ended, causes }
    }
}

fn raise(counts: &[AtomicU64], place: Option<usize>) {
    if let Some(count) = place.and_then(|place| counts.get(place)) {
        count.fetch_add(1, Ordering::Relaxed);
    }
}

fn read<const N: usize>(words: [&'static str; N], counts: &[AtomicU64; N]) -> [(&'static str, u64); N] {
    let mut figures = words.map(|word| (word, 0));
    for ((_, figure), count) in figures.iter_mut().zip(counts) {
        *figure = count.load(Ordering::Relaxed);
    }
    figures
}

#[cfg(test)]
mod tests {
    use model::{SubjectKind, Timestamp};

    use super::*;
    use crate::finding::{Check, Finding, Outcome};
    use crate::patient::Patient;

    fn task(outcomes: &[Outcome]) -> Task {
        let patient = Patient::parse(SubjectKind::Account, "bob@shop.example").unwrap();
        let mut task = Task::new(patient, "test", Timestamp(0));
        for outcome in outcomes {
            let cause = (*outcome == Outcome::Fail).then_some(Cause::Infrastructure);
            let (found, means, advice) = (String::new(), String::new(), String::new());
            task.note(Finding { check: Check::Mx, outcome: *outcome, found, means, advice, cause });
        }
        task.end(Timestamp(1));
        task
    }

    #[test]
    fn each_end_is_counted_by_its_worst_finding() {
        use Outcome::{Fail, Pass, Unknown, Warn};
        let tally = Tally::default();
        for outcomes in [&[Pass, Pass][..], &[Pass, Warn, Unknown], &[Warn, Fail, Pass], &[Unknown, Pass]] {
            tally.ended(&task(outcomes));
        }
        let mut early = task(&[Pass]);
        early.give_up("it was cancelled", Timestamp(2));
        tally.ended(&early);
        let figures = tally.figures([&early].into_iter());
        assert!(figures.ended.iter().all(|(_, count)| *count == 1), "{figures:?}");
        assert_eq!(figures.causes.iter().map(|(_, count)| count).sum::<u64>(), 1);
        assert_eq!((figures.todo, figures.doing), (0, 0));
    }

    #[test]
    fn every_cause_has_a_word_of_its_own() {
        let mut words = CAUSES.map(Cause::as_str).to_vec();
        words.dedup();
        assert_eq!(words, ["suspended", "password", "locked", "spam_block", "infrastructure"]);
    }
}
