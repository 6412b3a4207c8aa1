//! Where locks are written down, each change with what it is to other programs.

use model::{SubjectKey, Timestamp};

use super::Lockout;
use crate::store::StoreError;

/// Locks on disk: one for a subject. Every call that returns `Ok` is durable, and writes what has happened in the same
/// transaction, so that it is told once however often the call is made. Calls block.
pub trait LockoutStore: Send + Sync {
    /// A lock has begun. An earlier one of the same subject whose end was not written has ended by then.
    fn begin_lockout(&self, lock: &Lockout) -> Result<(), StoreError>;
    /// Somebody has lifted the lock of that subject; nothing when there is none.
    fn lift_lockout(&self, subject: &SubjectKey, by: &str, at: Timestamp) -> Result<(), StoreError>;
    /// Ends every lock whose time is over.
    fn end_lockouts(&self, now: Timestamp) -> Result<(), StoreError>;
    /// The locks that have not ended, oldest first.
    fn lockouts(&self) -> Result<Vec<Lockout>, StoreError>;
}
