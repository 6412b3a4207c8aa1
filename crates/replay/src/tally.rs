//! What became of the messages of one sender, or of all.

use serde::Serialize;

use crate::rehearsal::{Fate, Outcome};

/// Counts of messages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Messages tried.
    pub messages: u64,
    /// Messages that left, those to some of their recipients only included.
    pub left: u64,
    /// Of those, at or above the spam score.
    pub spam_left: u64,
    /// At or above the spam score, left or not.
    pub spam: u64,
    /// Held for a person to look at.
    pub held: u64,
    /// Asked to come back, because of a rate limit or a failure.
    pub deferred: u64,
    /// Refused for their own content.
    pub refused_as_spam: u64,
    /// Refused because the sender was blocked.
    pub refused_as_blocked: u64,
    /// Refused for another reason, such as hammering at a rate limit.
    pub refused_otherwise: u64,
    /// Recipients that were asked to come back while the message went to others.
    pub deferred_recipients: u64,
}

impl Tally {
    pub(crate) fn add(&mut self, outcome: &Outcome, spam_from: i32) {
        let spam = u64::from(outcome.score.is_some_and(|score| score >= spam_from));
        self.messages += 1;
        self.spam += spam;
        self.deferred_recipients += u64::from(outcome.deferred_recipients);
        match (outcome.fate, outcome.reason) {
            (Fate::Left, _) => {
                self.left += 1;
                self.spam_left += spam;
            }
            (Fate::Held, _) => self.held += 1,
            (Fate::Deferred, _) => self.deferred += 1,
            (Fate::Refused, "spam") => self.refused_as_spam += 1,
            (Fate::Refused, "blocked") => self.refused_as_blocked += 1,
            (Fate::Refused, _) => self.refused_otherwise += 1,
        }
    }
}
