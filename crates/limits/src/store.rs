//! What must survive a crash, as a seam: SQLite and memory implement it, one body of tests runs over both.

use model::{Block, BlockRef, Evidence, Kept, Shelf, SubjectKey, Timestamp};
use serde::{Deserialize, Serialize};

/// A subject's counters and recent flagged messages as they are written down every few seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Whose.
    pub subject: SubjectKey,
    /// When it was last counted.
    pub at: Timestamp,
    /// The record, opaque to the store.
    pub record: Vec<u8>,
}

/// An alert that waits to be sent, or was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertJob {
    /// The block it tells of: one alert per block.
    pub block: BlockRef,
    /// When the block began.
    pub created: Timestamp,
    /// When to try (again).
    pub due: Timestamp,
    /// How often it was tried.
    pub tries: u32,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// When the relay took it.
    pub sent: Option<Timestamp>,
    /// When it was given up.
    pub given_up: Option<Timestamp>,
    /// The Message-ID it carries in every try, so that a repeated delivery is recognised.
    pub message_id: String,
}

/// What the store can fail with. The message is for the operator.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The disk is full.
    #[error("the disk of the store is full: {0}")]
    Full(String),
    /// The store can't be written.
    #[error("the store can't be written: {0}")]
    ReadOnly(String),
    /// The store's file is damaged, or newer than this program.
    #[error("the store can't be used: {0}")]
    Damaged(String),
    /// Anything else.
    #[error("the store failed: {0}")]
    Other(String),
}

/// Durable state. Calls block; the daemon makes them on a thread of their own, never in a session.
///
/// Every call that returns `Ok` is durable: it survives `kill -9` and power loss.
pub trait Store: Send + Sync {
    /// Writes a new block, its evidence and the alert that tells of it, all or nothing.
    fn open_block(&self, block: &Block, evidence: &[Evidence], alert: Option<&AlertJob>) -> Result<(), StoreError>;
    /// Writes the block as it is now; its evidence stays.
    fn update_block(&self, block: &Block) -> Result<(), StoreError>;
    /// Adds flagged messages to a block.
    fn add_evidence(&self, block: &BlockRef, evidence: &[Evidence]) -> Result<(), StoreError>;
    /// The blocks not yet released, and the last strike of each subject since `strikes_since`.
    fn load_blocks(&self, strikes_since: Timestamp) -> Result<Vec<Block>, StoreError>;
    /// One block by its reference.
    fn block(&self, reference: &BlockRef) -> Result<Option<Block>, StoreError>;
    /// Blocks, latest first; only the active ones, or all.
    fn blocks(&self, only_active: bool, limit: usize) -> Result<Vec<Block>, StoreError>;
    /// The flagged messages of a block, oldest first, at most `limit`.
    fn evidence(&self, reference: &BlockRef, limit: usize) -> Result<Vec<Evidence>, StoreError>;
    /// Replaces the destination addresses that were looked up after the block began; matched by time and Message-ID.
    fn set_destinations(&self, reference: &BlockRef, evidence: &[Evidence]) -> Result<(), StoreError>;
    /// Writes counters, all or nothing; later snapshots of a subject replace earlier ones.
    fn save_counters(&self, snapshots: &[Snapshot]) -> Result<(), StoreError>;
    /// The counters written since `since`.
    fn load_counters(&self, since: Timestamp) -> Result<Vec<Snapshot>, StoreError>;
    /// Writes what was seen before, all or nothing; a later record of a name replaces the earlier one.
    fn save_kept(&self, records: &[Kept]) -> Result<(), StoreError>;
    /// The records of a shelf, oldest first.
    fn load_kept(&self, shelf: Shelf) -> Result<Vec<Kept>, StoreError>;
    /// Takes one record out.
    fn forget_kept(&self, shelf: Shelf, name: &str) -> Result<(), StoreError>;
    /// Forgets snapshots that are older; what must survive stays.
    fn prune_kept(&self, before: Timestamp) -> Result<(), StoreError>;
    /// Alerts neither sent nor given up, by due time.
    fn pending_alerts(&self) -> Result<Vec<AlertJob>, StoreError>;
    /// Writes an alert's state.
    fn update_alert(&self, alert: &AlertJob) -> Result<(), StoreError>;
    /// The alert of a block.
    fn alert(&self, block: &BlockRef) -> Result<Option<AlertJob>, StoreError>;
    /// Forgets what is older: released blocks with their evidence and alerts, and counters.
    fn prune(&self, blocks_before: Timestamp, counters_before: Timestamp) -> Result<(), StoreError>;
    /// Writes and reads something small: whether the store works now.
    fn probe(&self) -> Result<(), StoreError>;
}
