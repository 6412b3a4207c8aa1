//! Blocks that began before their owner was known, and what becomes of them when he is.

use model::standing::Transition;
use model::{Block, SubjectKey, Timestamp};

use super::Ledger;

impl Ledger {
    /// The blocks in force that await their owner, in no order. Walks over all blocks: for a task, not for messages.
    pub fn awaiting(&self) -> Vec<Block> {
        self.register.awaiting()
    }

    /// Lets a block run on as its owner's, if it awaits one and he is known by now, or known to be nobody: the way out is his,
    /// and the ladder's end is promised or not. When nobody has said so by the time that the block's length is over, it is
    /// settled as an unknown owner's. Nothing shortens it, and no strike changes.
    pub fn adopt(&self, subject: &SubjectKey, now: Timestamp) -> Option<Transition> {
        let latest = self.register.latest(subject).filter(|block| block.awaits_owner())?;
        let plans = self.plans.load();
        let owner = plans.at_block(subject);
        // What monitor mode would say is no owner's word: the block is one of before.
        if plans.monitor || (owner.awaited && now < latest.until()) {
            return None;
        }
        let block = self.register.adopt(subject, owner, &plans.blocks, now)?;
        Some(Transition::Changed { block: Box::new(block) })
    }
}
