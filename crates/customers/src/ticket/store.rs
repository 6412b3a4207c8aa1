//! Where tickets are kept: beside their blocks, since they begin, follow and end with them.

use limits::{LetterKind, LetterStore, StoreError};
use model::{Block, BlockRef};

use super::{StepRefused, Ticket};

/// Changes a ticket; what it returns is written to the customer.
pub type Step<'s> = &'s dyn Fn(&mut Ticket) -> Result<Option<LetterKind>, StepRefused>;

/// Tickets on disk. A block whose way out is a ticket gets one when it is written first, in the same transaction; when the
/// block is written as released, the ticket follows it ([`Ticket::follow`]) and its letter is queued, in the same
/// transaction. A ticket is forgotten with its block, its number is never used again.
pub trait TicketStore: LetterStore {
    /// One ticket by its number.
    fn ticket(&self, id: u64) -> Result<Option<Ticket>, StoreError>;
    /// The ticket of a block.
    fn ticket_of(&self, block: &BlockRef) -> Result<Option<Ticket>, StoreError>;
    /// Tickets with their blocks, latest first; only the open ones, or all.
    fn tickets(&self, only_open: bool, limit: usize) -> Result<Vec<(Ticket, Block)>, StoreError>;
    /// As [`Self::tickets`], those with a lower number.
    fn tickets_before(&self, number: u64, only_open: bool, limit: usize) -> Result<Vec<(Ticket, Block)>, StoreError>;
    /// Takes a step and queues the letter that follows from it, all or nothing; `None` when there is no such ticket.
    fn step(&self, id: u64, step: Step<'_>) -> Result<Option<Result<Ticket, StepRefused>>, StoreError>;
}

/// Letters of one block beyond so many are not written: whoever answers without end is not answered without end.
pub const MAX_LETTERS: u32 = 100;
