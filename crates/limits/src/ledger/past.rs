//! What a subject's last block still means for it.

use model::{SubjectKey, Timestamp};
use serde::{Deserialize, Serialize};

use super::Ledger;

/// A subject's strikes, and until when they count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Past {
    /// The step of the ladder that the last block was on; 0: none is remembered.
    pub strikes: u32,
    /// When the strikes are forgotten; `None` while a block is in force, or without strikes.
    pub forgotten_at: Option<Timestamp>,
    /// Until when one message that looks like spam blocks at once; `None` when it does not.
    pub probation_until: Option<Timestamp>,
}

impl Ledger {
    /// What the subject's last block still means for it.
    pub fn past(&self, subject: &SubjectKey, now: Timestamp) -> Past {
        let plans = self.plans.load();
        let Some(last) = self.register.latest(subject) else { return Past::default() };
        if last.is_active() {
            return Past { strikes: last.strike, ..Past::default() };
        }
        let ended = last.released.as_ref().map_or(last.since, |(at, _)| *at);
        let (forgotten, trusted) = (ended.after(plans.blocks.strike_memory), ended.after(plans.blocks.probation));
        if now > forgotten {
            return Past::default();
        }
        Past {
            strikes: last.strike,
            forgotten_at: Some(forgotten),
            probation_until: Some(trusted).filter(|until| *until > now),
        }
    }
}
