//! Blocks that an operator begins: the same record, ladder and path as those that a rule trips.

use std::time::Duration;

use model::standing::{CounterKind, Transition};
use model::{BlockRef, Reason, SubjectKey, SubjectKind, Timestamp};

use super::Ledger;
use crate::record::Record;
use crate::register::called;
use crate::trip::Tripped;

/// Why nobody was blocked by hand. The sentence is for the operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BlockRefused {
    /// There is a block in force.
    #[error("this {} is blocked already, by block {reference}", called(*kind))]
    Blocked {
        /// What kind of subject it is.
        kind: SubjectKind,
        /// The block.
        reference: BlockRef,
    },
    /// It is allow-listed, so that a block would be shown and not enforced.
    #[error("this {} is allow-listed in [blocks], so nothing would be refused: take it out of there first", called(*kind))]
    Allowed {
        /// What kind of subject it is.
        kind: SubjectKind,
    },
    /// The operating system gave no random numbers.
    #[error("the operating system gave no random numbers for a reference")]
    NoReference,
}

impl Ledger {
    /// Blocks a subject on the next step of its ladder, for an operator's reason. `length` is how long instead of the step; then
    /// the block ends by itself after that where time is the way out, and is not counted among its customer's automatic releases.
    /// Without it the block runs as if a rule had tripped. The block is the last of the changes that are returned.
    ///
    /// # Errors
    /// When the subject is blocked already, or is never blocked.
    pub fn block_by_hand(
        &self,
        subject: &SubjectKey,
        why: &str,
        length: Option<Duration>,
        now: Timestamp,
    ) -> Result<Vec<Transition>, BlockRefused> {
        let plans = self.plans.load();
        let (plan, kind) = (plans.of(subject.kind()), subject.kind());
        if plan.allows(subject) {
            return Err(BlockRefused::Allowed { kind });
        }
        let mut record = self.record(&plans, plan, subject, now);
        if let Some(block) = self.register.active(subject) {
            return Err(BlockRefused::Blocked { kind, reference: block.reference.clone() });
        }
        record.touch(now);
        let tripped = Tripped { length, ..Tripped::by_hand(&record, why, now) };
        let mut changes = Vec::new();
        self.trip(&plans, tripped, &mut record, subject, now, &mut changes);
        let has_begun = matches!(changes.last(), Some(Transition::Blocked { .. }));
        has_begun.then_some(changes).ok_or(BlockRefused::NoReference)
    }
}

impl Tripped {
    /// What was counted in the longest window stands beside the operator's reason.
    fn by_hand(record: &Record, why: &str, now: Timestamp) -> Self {
        let (messages, window) = record.longest(CounterKind::Messages, now);
        let (spam, _) = record.longest(CounterKind::Spam, now);
        let reason = Reason::by_hand(why, CounterKind::Messages, messages, window);
        Self { messages, spam, ..Self::of(reason) }
    }
}
