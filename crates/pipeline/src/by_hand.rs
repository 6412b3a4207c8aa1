//! An operator blocks somebody whom no rule has stopped yet. The command line, the API and the console do nothing else.
//!
//! The block takes the path of one that a rule trips: the same record, ladder, letter, ticket and events. So what is shown is
//! what is enforced, and the customer learns why and what to do.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use limits::{BlockRefused, Ledger};
use model::standing::Transition;
use model::{Block, Clock, SubjectKey};

use crate::blocking::Blocking;
use crate::policy::Policy;

/// Whom to block, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBlock {
    /// Whom.
    pub subject: SubjectKey,
    /// How long; `None`: as long as the next step of the subject's ladder.
    pub length: Option<Duration>,
    /// Why, as the customer reads it in the refusal and in the letter.
    pub reason: String,
}

/// Why nobody was blocked. The sentence is for the operator.
#[derive(Debug, thiserror::Error)]
pub enum ByHandError {
    /// It would last too long, or not at all.
    #[error("a block lasts from 1 minute to 366 days")]
    Length,
    /// The customer would read nothing, or a novel.
    #[error("expected a reason of one line and at most 200 characters, since the customer reads it")]
    Reason,
    /// The daemon stops.
    #[error("the call was cut off: look whether the block has begun")]
    CutOff,
    /// The ledger has refused.
    #[error(transparent)]
    Refused(#[from] BlockRefused),
}

/// Blocks by hand.
pub struct ByHand {
    ledger: Arc<Ledger>,
    blocking: Blocking,
    policy: Arc<ArcSwap<Policy>>,
    clock: Arc<dyn Clock>,
}

impl ByHand {
    /// How long a block may last.
    pub const LENGTH: RangeInclusive<Duration> = Duration::from_secs(60)..=Duration::from_secs(366 * 86_400);
    /// The longest reason, in characters: beside it a refusal has room for the name and the link.
    pub const MAX_REASON: usize = 200;

    /// Over the running ledger; `policy` is the one in force.
    pub fn new(ledger: Arc<Ledger>, blocking: Blocking, policy: Arc<ArcSwap<Policy>>, clock: Arc<dyn Clock>) -> Self {
        Self { ledger, blocking, policy, clock }
    }

    /// Blocks. When this returns, the block is enforced, and it is durable unless the store is slow or fails: then it is
    /// written as soon as the store works. In monitor mode nothing is refused, as with any other block.
    ///
    /// # Errors
    /// When the length or the reason is not within bounds, or the subject is blocked already or allow-listed.
    pub async fn begin(&self, wanted: &NewBlock) -> Result<Block, ByHandError> {
        if wanted.length.is_some_and(|length| !Self::LENGTH.contains(&length)) {
            return Err(ByHandError::Length);
        }
        let reason = sentence(&wanted.reason).ok_or(ByHandError::Reason)?;
        let (now, policy) = (self.clock.now(), self.policy.load_full());
        let (begun, handed) = self.ledger.changing(|ledger| {
            let changes = ledger.block_by_hand(&wanted.subject, reason, wanted.length, now)?;
            Ok::<_, BlockRefused>((begun(&changes), self.blocking.hand_over(changes, &policy)))
        })?;
        self.blocking.settle(handed, &policy).await;
        Ok(begun.ok_or(BlockRefused::NoReference)?)
    }
}

fn begun(changes: &[Transition]) -> Option<Block> {
    changes.iter().find_map(|change| match change {
        Transition::Blocked { block, .. } => Some(Block::clone(block)),
        Transition::Changed { .. } => None,
    })
}

fn sentence(reason: &str) -> Option<&str> {
    let reason = reason.trim();
    let says_something = reason.chars().any(char::is_alphanumeric) && !reason.chars().any(char::is_control);
    (says_something && reason.chars().count() <= ByHand::MAX_REASON).then_some(reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_a_line_that_says_something() {
        assert_eq!(sentence(" the password was stolen. "), Some("the password was stolen."));
        for reason in ["", " ", "...", "two\nlines", &"x".repeat(201)] {
            assert_eq!(sentence(reason), None, "{reason}");
        }
    }
}
