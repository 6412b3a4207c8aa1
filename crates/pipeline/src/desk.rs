//! The operator's desk: look at blocks, release them. The command line and the HTTP API do nothing else.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use limits::{Ledger, ReleaseRefused, Releaser, Store, StoreError};
use model::standing::Transition;
use model::{Block, BlockRef, BlockState, Clock, Event, EventSink, Evidence, SubjectKey, Timestamp};

use crate::journal::{Durably, Journal};
use crate::standings::blocked_domain;

/// Blocks as they are enforced (the ledger) and as they were written (the store).
pub struct Desk {
    ledger: Arc<Ledger>,
    store: Arc<dyn Store>,
    journal: Arc<dyn Journal>,
    events: Arc<dyn EventSink>,
    clock: Arc<dyn Clock>,
}

/// A block as it was changed, on its way to the disk.
type Recorded = (Block, Durably);

/// A block with the messages that led to it.
#[derive(Debug, Clone)]
pub struct CaseFile {
    /// The block.
    pub block: Block,
    /// The flagged messages, oldest first.
    pub evidence: Vec<Evidence>,
}

/// Why the desk could not do as asked.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// No block has that reference.
    #[error("there is no block {0}")]
    Unknown(BlockRef),
    /// The state machine refused.
    #[error(transparent)]
    Refused(#[from] ReleaseRefused),
    /// A password change lies in the future.
    #[error("the password change lies in the future: the clocks differ by more than 5 minutes")]
    Future,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Desk {
    /// How many flagged messages of a block are shown.
    pub const EVIDENCE_SHOWN: usize = 100;
    /// The panel's clock may be ahead of ours by so much.
    const CLOCKS_DIFFER: Duration = Duration::from_secs(300);

    /// A desk over the running ledger and its store.
    pub fn new(
        ledger: Arc<Ledger>,
        store: Arc<dyn Store>,
        journal: Arc<dyn Journal>,
        events: Arc<dyn EventSink>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { ledger, store, journal, events, clock }
    }

    /// Blocks, latest first; what is enforced wins over what was written, and is shown even while the store fails.
    /// Blocks the thread on the store.
    pub fn blocks(&self, only_active: bool, limit: usize) -> Result<Vec<Block>, StoreError> {
        let mut blocks = self.ledger.active_blocks();
        match self.store.blocks(only_active, limit) {
            Ok(written) => {
                let known = references(&blocks);
                let others = written.into_iter().filter(|block| !known.contains(&block.reference));
                blocks.extend(others.map(|block| self.current(block)));
            }
            Err(error) if !only_active => return Err(error),
            Err(_) => {}
        }
        blocks.retain(|block| !only_active || block.state != BlockState::Unblocked);
        blocks.sort_by(|a, b| (b.since, &b.reference).cmp(&(a.since, &a.reference)));
        blocks.truncate(limit);
        Ok(blocks)
    }

    /// The block in force of an account's domain, which stops the account too. Memory only.
    pub fn domain_block(&self, subject: &SubjectKey) -> Option<Block> {
        blocked_domain(&self.ledger, subject).map(Arc::unwrap_or_clone)
    }

    /// One block with its evidence, as far as the store can tell. Blocks the thread on the store.
    pub fn case_file(&self, reference: &BlockRef) -> Result<CaseFile, DeskError> {
        let live = self.ledger.block_by_reference(reference);
        let evidence = self.store.evidence(reference, Self::EVIDENCE_SHOWN);
        match live {
            Some(block) => Ok(CaseFile { block, evidence: evidence.unwrap_or_default() }),
            None => Ok(CaseFile { block: self.written(reference)?, evidence: evidence? }),
        }
    }

    /// Releases the block of that reference, and no later one of its subject. When this returns, the release is enforced,
    /// and durable unless the store fails: then it is written as soon as the store works again.
    pub async fn release(&self, reference: &BlockRef, by: Releaser) -> Result<Block, DeskError> {
        let Some(live) = self.ledger.block_by_reference(reference) else {
            let kind = self.written(reference)?.subject.kind();
            return Err(ReleaseRefused::NotBlocked { kind }.into());
        };
        let (subject, now) = (&live.subject, self.clock.now());
        let released = self.change(&live, |ledger| ledger.release(subject, by, now).map(Some))?;
        let kind = subject.kind();
        let block = self.record(released.ok_or(ReleaseRefused::NotBlocked { kind })?).await;
        match self.change(&live, |ledger| Ok(ledger.finish_release(subject, now)))? {
            Some(finished) => Ok(self.record(finished).await),
            None => Ok(block),
        }
    }

    /// A change of this block, handed to the journal; none when it is not its subject's latest any more.
    fn change(
        &self,
        of: &Block,
        change: impl FnOnce(&Ledger) -> Result<Option<Transition>, ReleaseRefused>,
    ) -> Result<Option<Recorded>, ReleaseRefused> {
        self.ledger.changing(|ledger| {
            let is_latest = ledger.block(&of.subject).is_some_and(|latest| latest.reference == of.reference);
            let block = if is_latest { change(ledger)?.map(changed) } else { None };
            Ok(block.map(|block| (block.clone(), self.journal.update_block(block))))
        })
    }

    /// A password was changed at that time, as the provider's own panel says: releases the account, when that is its way out
    /// and the block is older. So a change told twice, or one from before the block began, releases nothing.
    ///
    /// # Errors
    /// When the account is not blocked, is released in another way, or the change is from before the block or from the future.
    pub async fn password_changed(&self, account: &SubjectKey, at: Timestamp) -> Result<Block, DeskError> {
        if at.since(self.clock.now()) > Self::CLOCKS_DIFFER {
            return Err(DeskError::Future);
        }
        let kind = account.kind();
        let live = self.ledger.block(account).ok_or(ReleaseRefused::NotBlocked { kind })?;
        self.release(&live.reference, Releaser::Password(at)).await
    }

    /// The blocks in force, as the ledger has them.
    pub(crate) fn enforced(&self) -> Vec<Block> {
        self.ledger.active_blocks()
    }

    /// The flagged messages of a block, as many as are shown.
    pub(crate) fn flagged(&self, reference: &BlockRef) -> Result<Vec<Evidence>, StoreError> {
        self.store.evidence(reference, Self::EVIDENCE_SHOWN)
    }

    /// A failing store is told by the journal, which tries again.
    async fn record(&self, (block, written): Recorded) -> Block {
        self.events.emit(&Event::BlockChanged { block: &block, monitored: block.reason.monitored });
        let _ = written.await;
        block
    }

    /// One block, as it is enforced. Blocks the thread on the store.
    ///
    /// # Errors
    /// When there is none of that reference, or the store fails.
    pub fn block(&self, reference: &BlockRef) -> Result<Block, DeskError> {
        self.ledger.block_by_reference(reference).map_or_else(|| self.written(reference), Ok)
    }

    fn written(&self, reference: &BlockRef) -> Result<Block, DeskError> {
        self.store.block(reference)?.ok_or_else(|| DeskError::Unknown(reference.clone()))
    }

    pub(crate) fn current(&self, written: Block) -> Block {
        let live = self.ledger.block(&written.subject).filter(|live| live.reference == written.reference);
        live.map_or(written, |live| Block::clone(&live))
    }
}

pub(crate) fn references(blocks: &[Block]) -> BTreeSet<BlockRef> {
    blocks.iter().map(|block| block.reference.clone()).collect()
}

fn changed(transition: Transition) -> Block {
    match transition {
        Transition::Blocked { block, .. } | Transition::Changed { block } => *block,
    }
}
