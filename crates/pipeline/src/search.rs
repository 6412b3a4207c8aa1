//! Search over blocks and flagged messages. The command line, the API and the console do nothing else.
//!
//! What is enforced wins over what was written, as it does at the desk: a block that isn't on disk yet is found, and one that
//! was released a moment ago is found as released.

use std::collections::BTreeMap;
use std::sync::Arc;

use customers::{Directory, LiveDirectory};
use limits::{
    Archive, BlockFilter, BlockPosition, EvidenceFilter, EvidencePosition, FoundEvidence, Ledger, Order, Page, PageAsk,
    StoreError,
};
use model::{Block, BlockState};

mod ask;

pub use ask::{BlockAsk, EvidenceAsk, Misasked, message_id, moment, subject_of};

/// Blocks and flagged messages, searched.
pub struct Search {
    ledger: Arc<Ledger>,
    archive: Arc<dyn Archive>,
    directory: LiveDirectory,
}

impl Search {
    /// Over the running ledger and what was written; the directory says what a customer owns.
    pub fn new(ledger: Arc<Ledger>, archive: Arc<dyn Archive>, directory: impl Into<LiveDirectory>) -> Self {
        Self { ledger, archive, directory: directory.into() }
    }

    /// The customers as they are now.
    pub fn directory(&self) -> Arc<Directory> {
        self.directory.load()
    }

    /// Blocks that fit. A page may be shorter than asked for, and be followed by others all the same. Blocks the thread on the
    /// store.
    ///
    /// # Errors
    /// When the store fails, unless only blocks in force are asked for: those are known without it.
    pub fn blocks(
        &self,
        filter: &BlockFilter,
        ask: &PageAsk<BlockPosition>,
    ) -> Result<Page<Block, BlockPosition>, StoreError> {
        let written = match self.archive.find_blocks(filter, ask) {
            Err(_) if filter.state == Some(BlockState::BlockedForSpam) => Page { rows: Vec::new(), next: None },
            answer => answer?,
        };
        Ok(self.overlaid(written, filter, ask))
    }

    /// How many blocks fit, as they were written; bounded by [`limits::MAX_COUNT`]. Blocks the thread on the store.
    ///
    /// # Errors
    /// When the store fails.
    pub fn count_blocks(&self, filter: &BlockFilter) -> Result<usize, StoreError> {
        self.archive.count_blocks(filter)
    }

    /// Flagged messages that fit. Blocks the thread on the store.
    ///
    /// # Errors
    /// When the store fails.
    pub fn evidence(
        &self,
        filter: &EvidenceFilter,
        ask: &PageAsk<EvidencePosition>,
    ) -> Result<Page<FoundEvidence, EvidencePosition>, StoreError> {
        self.archive.find_evidence(filter, ask)
    }

    /// How many flagged messages fit; bounded by [`limits::MAX_COUNT`]. Blocks the thread on the store.
    ///
    /// # Errors
    /// When the store fails.
    pub fn count_evidence(&self, filter: &EvidenceFilter) -> Result<usize, StoreError> {
        self.archive.count_evidence(filter)
    }

    /// Puts what is in force, or being released, over what was written, from behind the page before to the end of this one.
    fn overlaid(
        &self,
        written: Page<Block, BlockPosition>,
        filter: &BlockFilter,
        ask: &PageAsk<BlockPosition>,
    ) -> Page<Block, BlockPosition> {
        let mut live: BTreeMap<BlockPosition, Block> = self.ledger.standing_blocks().into_iter().map(placed).collect();
        let rows = written.rows.into_iter().map(|block| {
            let now = live.remove(&BlockPosition::of(&block)).or_else(|| self.if_changed(&block));
            now.unwrap_or(block)
        });
        let mut rows: Vec<Block> = rows.filter(|block| filter.fits(block)).collect();
        let on_page = |position: &BlockPosition| {
            is_behind(position, ask.after.as_ref(), ask.order)
                && written.next.as_ref().is_none_or(|last| !is_behind(position, Some(last), ask.order))
        };
        rows.extend(live.into_iter().filter(|(place, block)| on_page(place) && filter.fits(block)).map(|(_, one)| one));
        rows.sort_by_key(BlockPosition::of);
        if ask.order == Order::Latest {
            rows.reverse();
        }
        match written.next {
            // The written page was cut here: what came between belongs to it, however many they are.
            Some(next) => Page { rows, next: Some(next) },
            None => Page::cut(rows, ask.bounded(), BlockPosition::of),
        }
    }

    /// A block that is over as it was written stays so.
    fn if_changed(&self, written: &Block) -> Option<Block> {
        let live = (written.state != BlockState::Unblocked).then(|| self.ledger.block(&written.subject)).flatten();
        live.filter(|live| live.reference == written.reference).map(|live| Block::clone(&live))
    }
}

fn placed(block: Block) -> (BlockPosition, Block) {
    (BlockPosition::of(&block), block)
}

fn is_behind(position: &BlockPosition, after: Option<&BlockPosition>, order: Order) -> bool {
    match (after, order) {
        (None, _) => true,
        (Some(after), Order::Latest) => position < after,
        (Some(after), Order::Oldest) => position > after,
    }
}
