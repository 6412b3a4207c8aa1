//! Happenings in the order they were written, for whoever tells them live.

use crate::happening::Happening;
use crate::store::StoreError;

/// What happened, by number. Calls block.
pub trait HappeningLog: Send + Sync {
    /// The number of the latest happening, kept or forgotten; 0 when nothing has happened yet.
    fn latest_happening(&self) -> Result<u64, StoreError>;
    /// What happened behind that number, in order, at most `limit`.
    fn happenings_after(&self, number: u64, limit: usize) -> Result<Vec<Happening>, StoreError>;
}
