//! The operator's desk: look at blocks, release them. The command line and the HTTP API do nothing else.

use std::sync::Arc;

use limits::{Ledger, ReleaseRefused, Releaser, Store, StoreError};
use model::standing::Transition;
use model::{Block, BlockRef, Clock, Event, EventSink, Evidence};

use crate::journal::Journal;

/// Blocks as they are enforced (the ledger) and as they were written (the store).
pub struct Desk {
    ledger: Arc<Ledger>,
    store: Arc<dyn Store>,
    journal: Arc<dyn Journal>,
    events: Arc<dyn EventSink>,
    clock: Arc<dyn Clock>,
}

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
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Desk {
    /// How many flagged messages of a block are shown.
    pub const EVIDENCE_SHOWN: usize = 100;

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

    /// Blocks, latest first; what is enforced now wins over what was written. Blocks the thread on the store.
    pub fn blocks(&self, only_active: bool, limit: usize) -> Result<Vec<Block>, StoreError> {
        let written = self.store.blocks(only_active, limit)?;
        Ok(written.into_iter().map(|block| self.current(block)).collect())
    }

    /// One block with its evidence. Blocks the thread on the store.
    pub fn case_file(&self, reference: &BlockRef) -> Result<CaseFile, DeskError> {
        let written = self.store.block(reference)?.ok_or_else(|| DeskError::Unknown(reference.clone()))?;
        let evidence = self.store.evidence(reference, Self::EVIDENCE_SHOWN)?;
        Ok(CaseFile { block: self.current(written), evidence })
    }

    /// Releases a block. When this returns, the release is enforced and durable.
    pub async fn release(&self, reference: &BlockRef, by: Releaser) -> Result<Block, DeskError> {
        let written = self.store.block(reference)?.ok_or_else(|| DeskError::Unknown(reference.clone()))?;
        let now = self.clock.now();
        let mut block = changed(self.ledger.release(&written.subject, by, now)?);
        self.record(&block).await?;
        if let Some(finished) = self.ledger.finish_release(&written.subject, now) {
            block = changed(finished);
            self.record(&block).await?;
        }
        Ok(block)
    }

    async fn record(&self, block: &Block) -> Result<(), StoreError> {
        self.events.emit(&Event::BlockChanged { block, monitored: false });
        self.journal.update_block(block.clone()).await
    }

    fn current(&self, written: Block) -> Block {
        match self.ledger.block(&written.subject) {
            Some(live) if live.reference == written.reference => (*live).clone(),
            _ => written,
        }
    }
}

fn changed(transition: Transition) -> Block {
    match transition {
        Transition::Blocked { block, .. } | Transition::Changed { block } => *block,
    }
}
