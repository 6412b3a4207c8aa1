//! Letters beyond the first of a block, letters about many blocks, and the operators' digest, as a seam beside [`Store`].

use model::{Block, BlockRef, Timestamp};

use crate::letters::Matter;
use crate::store::{AlertJob, LetterKind, Store, StoreError};

/// Letters on disk. When a block is written as over, the letter that says so is queued in the same transaction, unless an
/// approved ticket says it, the block was one of monitor mode, or alerts were off when it began.
pub trait FollowUpStore: Store {
    /// Queues a letter behind those that an active block has, unless it has one of that kind, or alerts were off when it began.
    /// Whether it was queued.
    fn queue_letter(&self, block: &BlockRef, kind: LetterKind, at: Timestamp) -> Result<bool, StoreError>;
    /// Queues a letter behind those about a block that may be over, unless there are too many, or alerts were off when it began.
    /// Whether it was queued.
    fn queue_answer(&self, block: &BlockRef, kind: LetterKind, at: Timestamp) -> Result<bool, StoreError>;
    /// The letters about a block or a ticket, in order.
    fn letters_of(&self, about: &Matter) -> Result<Vec<AlertJob>, StoreError>;
    /// Writes the state of letters, all or nothing.
    fn update_letters(&self, letters: &[AlertJob]) -> Result<(), StoreError>;
    /// Letters that somebody is owed in one about many, with their blocks, oldest first.
    fn owed_letters(&self) -> Result<Vec<(AlertJob, Block)>, StoreError>;
    /// Letters given up since then, latest first, at most `limit`.
    fn given_up_letters(&self, since: Timestamp, limit: usize) -> Result<Vec<AlertJob>, StoreError>;
    /// Up to when operators were told in digests.
    fn digest_until(&self) -> Result<Option<Timestamp>, StoreError>;
    /// They are told up to then, and of these letters; all or nothing.
    fn digest_sent(&self, until: Timestamp, letters: &[AlertJob]) -> Result<(), StoreError>;
}

/// The letter that says that a block is over; `None` where nobody is to be told of that.
pub fn farewell(block: &Block) -> Option<(LetterKind, Timestamp)> {
    let (at, by) = block.released.as_ref()?;
    let over = block.state == model::BlockState::Unblocked;
    // A ticket and a report have letters of their own.
    let by_letter = [crate::Releaser::Ticket, crate::Releaser::Report].map(crate::Releaser::as_str);
    let told = by_letter.contains(&by.as_str()) || block.reason.monitored;
    (over && !told).then_some((LetterKind::Released, *at))
}
