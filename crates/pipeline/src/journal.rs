//! What must be durable before it is told to anyone: a seam, so that the use case knows no storage engine.

use std::future::Future;
use std::pin::Pin;

use limits::{AlertJob, StoreError};
use model::{Block, Evidence, Kept, Shelf};

/// Resolves when the write is durable, or has failed and is being retried elsewhere.
pub type Durably = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send>>;

/// Writes blocks down, in order.
pub trait Journal: Send + Sync {
    /// Writes a new block with its evidence and its alert, all or nothing.
    fn open_block(&self, block: Block, evidence: Vec<Evidence>, alert: Option<AlertJob>) -> Durably;
    /// Writes the block as it is now.
    fn update_block(&self, block: Block) -> Durably;
    /// Writes a record that must survive.
    fn keep(&self, record: Kept) -> Durably;
    /// Takes a record out.
    fn forget(&self, shelf: Shelf, name: String) -> Durably;
    /// Whether the last writes worked.
    fn is_healthy(&self) -> bool;
}
