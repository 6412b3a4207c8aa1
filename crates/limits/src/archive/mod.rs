//! Search over blocks and flagged messages, page by page, as a seam: SQLite and memory implement it.
//!
//! A page goes on behind the last row of the page before, by time and name, not by number: rows that are added meanwhile
//! make none appear twice and none disappear.

mod filter;
mod holdings;
mod position;

use model::{Block, BlockRef, Evidence, SubjectKey, SubjectKind};
use serde::{Deserialize, Serialize};

pub use filter::{BlockFilter, EvidenceFilter, Wanted};
pub use holdings::{Holdings, Span, place};
pub use position::{BlockPosition, EvidencePosition};

use crate::store::StoreError;

/// From which end a search begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// The latest first.
    #[default]
    Latest,
    /// The oldest first.
    Oldest,
}

/// Which page is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageAsk<P> {
    /// Rows behind this one, in the search's order; `None`: from its beginning.
    pub after: Option<P>,
    /// At most so many; never more than [`MAX_PAGE`].
    pub limit: usize,
    /// From which end.
    pub order: Order,
}

impl<P> PageAsk<P> {
    /// The first page, latest first.
    pub fn first(limit: usize) -> Self {
        Self { after: None, limit, order: Order::Latest }
    }

    /// How many rows are really asked for.
    pub fn bounded(&self) -> usize {
        self.limit.clamp(1, MAX_PAGE)
    }
}

/// A page holds no more rows.
pub const MAX_PAGE: usize = 1000;
/// More rows than this are not counted.
pub const MAX_COUNT: usize = 10_000;

/// Some rows, and where the next page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T, P> {
    /// The rows, in order.
    pub rows: Vec<T>,
    /// What to ask for the rows behind; `None`: there were none.
    pub next: Option<P>,
}

impl<T, P> Page<T, P> {
    /// The page of rows that were read with one more than `limit`.
    pub fn cut(mut rows: Vec<T>, limit: usize, position: impl Fn(&T) -> P) -> Self {
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(position);
        Self { rows, next }
    }
}

/// A flagged message that was found, with the block it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundEvidence {
    /// Its number in the store; later messages have greater ones.
    pub id: u64,
    /// The block.
    pub block: BlockRef,
    /// Whom the block stops.
    pub subject: SubjectKey,
    /// The message.
    pub evidence: Evidence,
}

impl FoundEvidence {
    /// Where it stands in a search.
    pub fn position(&self) -> EvidencePosition {
        EvidencePosition { at: self.evidence.at, id: self.id }
    }
}

/// What was written, searched. Calls block, as those of [`crate::Store`] do.
pub trait Archive: Send + Sync {
    /// Blocks that fit, a page of them.
    fn find_blocks(
        &self,
        filter: &BlockFilter,
        ask: &PageAsk<BlockPosition>,
    ) -> Result<Page<Block, BlockPosition>, StoreError>;

    /// The latest block of each subject of that kind among those, at most so many; the first by [`place`] where there are more.
    fn latest_blocks(&self, kind: SubjectKind, within: &Holdings, most: usize) -> Result<Vec<Block>, StoreError>;

    /// How many blocks fit; [`MAX_COUNT`] stands for as many or more.
    fn count_blocks(&self, filter: &BlockFilter) -> Result<usize, StoreError>;

    /// Flagged messages that fit, a page of them.
    fn find_evidence(
        &self,
        filter: &EvidenceFilter,
        ask: &PageAsk<EvidencePosition>,
    ) -> Result<Page<FoundEvidence, EvidencePosition>, StoreError>;

    /// How many flagged messages fit; [`MAX_COUNT`] stands for as many or more.
    fn count_evidence(&self, filter: &EvidenceFilter) -> Result<usize, StoreError>;
}
