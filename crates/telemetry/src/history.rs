//! The last 24 hours by the minute, for the console's charts.
//!
//! A message costs nothing here: the counters that Prometheus scrapes are read once a minute, and the difference is kept.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use model::Timestamp;

/// How many minutes are kept.
const KEPT: usize = 24 * 60;
const MINUTE_MS: i64 = 60_000;

/// What was counted since the start of the process.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) messages: u64,
    pub(crate) spam: u64,
    pub(crate) refused: u64,
    pub(crate) blocks: u64,
}

/// What happened within one minute.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Minute {
    /// Its beginning.
    pub at: Timestamp,
    /// Messages judged.
    pub messages: u64,
    /// Messages at or above the spam score.
    pub spam: u64,
    /// Messages, sessions and transactions that were refused or deferred.
    pub refused: u64,
    /// Blocks that began.
    pub blocks: u64,
}

/// The minutes of this process; what was before its start is unknown.
#[derive(Debug, Default)]
pub(crate) struct History(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    past: VecDeque<Minute>,
    began: Option<Timestamp>,
    /// The totals when the present minute began.
    base: Totals,
}

impl History {
    /// Closes the minute that ran, when it is over. A clock that was set back goes on with the minute that ran.
    pub(crate) fn tick(&self, now: Timestamp, totals: impl FnOnce() -> Totals) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (minute, began) = (start_of(now), kept.began);
        if began.is_some_and(|began| minute <= began) {
            return;
        }
        let totals = totals();
        if let Some(began) = began {
            let closed = minute_of(began, kept.base, totals);
            if kept.past.len() >= KEPT {
                kept.past.pop_front();
            }
            kept.past.push_back(closed);
        }
        (kept.began, kept.base) = (Some(minute), totals);
    }

    /// The minutes of the last 24 hours, oldest first, the one that runs last. Minutes the process slept through are missing.
    pub(crate) fn minutes(&self, totals: Totals) -> Vec<Minute> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let present = kept.began.map(|began| minute_of(began, kept.base, totals));
        kept.past.iter().copied().chain(present).collect()
    }
}

fn start_of(time: Timestamp) -> Timestamp {
    Timestamp(time.0.div_euclid(MINUTE_MS).saturating_mul(MINUTE_MS))
}

fn minute_of(at: Timestamp, base: Totals, now: Totals) -> Minute {
    Minute {
        at,
        messages: now.messages.saturating_sub(base.messages),
        spam: now.spam.saturating_sub(base.spam),
        refused: now.refused.saturating_sub(base.refused),
        blocks: now.blocks.saturating_sub(base.blocks),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_secs(1_700_000_040 + seconds)
    }

    fn messages(count: u64) -> Totals {
        Totals { messages: count, ..Totals::default() }
    }

    #[test]
    fn each_minute_holds_what_came_within_it() {
        let history = History::default();
        history.tick(at(0), || messages(3));
        history.tick(at(59), || unreachable!("the minute runs still"));
        history.tick(at(61), || messages(10));
        history.tick(at(30), || unreachable!("the clock was set back"));
        let minutes = history.minutes(messages(12));
        let counted: Vec<_> = minutes.iter().map(|minute| (minute.at, minute.messages)).collect();
        assert_eq!(counted, [(at(0), 7), (at(60), 2)], "what was before the first look is not counted");
    }

    #[test]
    fn a_day_is_kept_and_no_more() {
        let history = History::default();
        for minute in 0..3000 {
            history.tick(at(minute * 60), || messages(minute as u64));
        }
        let minutes = history.minutes(messages(3000));
        assert_eq!(minutes.len(), KEPT + 1);
        assert!(minutes.iter().all(|minute| minute.messages == 1));
    }
}
