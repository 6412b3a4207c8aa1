//! When an alert is tried again, and when it is over. Pure.

use std::time::Duration;

use limits::AlertJob;
use model::Timestamp;
use model::names::bounded;

/// The pauses after the first failures, in seconds; the last one stands for all that follow.
const PAUSES: [u64; 5] = [60, 300, 900, 3600, 14_400];

/// The bound of a kept error, in bytes: a relay's answer may be long.
const MAX_ERROR: usize = 500;

/// What came of one try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// Somebody has got it, now or in an earlier try.
    pub(crate) delivered: bool,
    /// Somebody may still get it.
    pub(crate) open: bool,
    /// What went wrong, if anything.
    pub(crate) error: Option<String>,
}

impl Outcome {
    /// With what came of another form of the same letter. The same trouble is told once.
    pub(crate) fn and(self, other: Self) -> Self {
        let error = match (self.error, other.error) {
            (Some(one), Some(two)) if one != two => Some(format!("{one}; {two}")),
            (one, two) => one.or(two),
        };
        Self { delivered: self.delivered || other.delivered, open: self.open || other.open, error }
    }
}

/// The pause after that many failures before.
pub(crate) fn pause(tries: u32) -> Duration {
    PAUSES.get(tries as usize).or(PAUSES.last()).copied().map_or(Duration::ZERO, Duration::from_secs)
}

/// No letter waits longer than this for its next try.
const FARTHEST: Duration = Duration::from_secs(2 * 86_400);

/// When a letter is due in truth: one that is due farther ahead than any is waited so by a clock that has been set back since.
pub(crate) fn due(due: Timestamp, now: Timestamp) -> Timestamp {
    if due.since(now) > FARTHEST { now } else { due }
}

/// What follows from a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// It is over: somebody has got it.
    Sent,
    /// It is over: nobody has.
    GivenUp,
    /// It is tried again at that time.
    Again(Timestamp),
}

/// What follows from a try after that many. Nobody told and everybody refused is tried again too: a relay that refuses
/// everything is mostly one that is being set up.
fn next(tries: u32, created: Timestamp, outcome: &Outcome, now: Timestamp, give_up_after: Duration) -> Next {
    let over = now.since(created) >= give_up_after;
    match outcome {
        Outcome { delivered: true, open, .. } if !open || over => Next::Sent,
        _ if over => Next::GivenUp,
        _ => Next::Again(now.after(pause(tries))),
    }
}

/// The job after a try.
pub(crate) fn settle(mut job: AlertJob, outcome: Outcome, now: Timestamp, give_up_after: Duration) -> AlertJob {
    match next(job.tries, job.created, &outcome, now, give_up_after) {
        Next::Sent => job.sent = Some(now),
        Next::GivenUp => job.given_up = Some(now),
        Next::Again(due) => job.due = due,
    }
    job.tries = job.tries.saturating_add(1);
    job.last_error = outcome.error.map(|error| bounded(&error, MAX_ERROR).to_owned());
    job
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    fn job(tries: u32) -> AlertJob {
        AlertJob {
            about: limits::Matter::Block(testkit::samples::reference("one")),
            number: 0,
            kind: limits::LetterKind::Blocked,
            created: Timestamp(0),
            due: Timestamp(0),
            tries,
            last_error: Some("before".into()),
            sent: None,
            given_up: None,
            message_id: "<block-one@node.example>".into(),
            instead: None,
            owed: limits::Owed::default(),
            told: Vec::new(),
        }
    }

    fn outcome(delivered: bool, open: bool) -> Outcome {
        Outcome { delivered, open, error: Some("450 later".into()) }
    }

    #[test]
    fn pauses_grow_and_stay() {
        let pause =
            |tries| settle(job(tries), outcome(false, true), Timestamp(5), DAY).due.since(Timestamp(5)).as_secs();
        assert_eq!([0, 1, 2, 3, 4, 5, 99].map(pause), [60, 300, 900, 3600, 14_400, 14_400, 14_400]);
    }

    #[test]
    fn a_clock_that_was_set_back_keeps_no_letter_for_years() {
        let now = Timestamp(5);
        for (ahead, kept) in [(Duration::ZERO, true), (DAY, true), (DAY * 365, false)] {
            assert_eq!(due(now.after(ahead), now), if kept { now.after(ahead) } else { now });
        }
    }

    #[test]
    fn an_alert_ends_when_all_is_settled_or_time_is_over() {
        let late = Timestamp(0).after(DAY);
        let ends = |delivered, open, now| {
            let job = settle(job(0), outcome(delivered, open), now, DAY);
            (job.sent.is_some(), job.given_up.is_some())
        };
        assert_eq!(ends(true, false, Timestamp(1)), (true, false));
        assert_eq!(ends(true, true, Timestamp(1)), (false, false), "somebody may still get it");
        assert_eq!(ends(false, false, Timestamp(1)), (false, false), "all refused: tried again");
        assert_eq!(ends(true, true, late), (true, false));
        assert_eq!(ends(false, true, late), (false, true));
        assert_eq!(ends(false, false, late), (false, true));
    }

    #[test]
    fn the_last_error_is_kept_and_bounded() {
        let long = Outcome { error: Some("x".repeat(9999)), ..outcome(false, true) };
        assert_eq!(settle(job(0), long, Timestamp(0), DAY).last_error.map(|error| error.len()), Some(MAX_ERROR));
        let fine = Outcome { error: None, ..outcome(true, false) };
        assert_eq!(settle(job(0), fine, Timestamp(0), DAY).last_error, None);
    }
}
