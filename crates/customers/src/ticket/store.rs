//! Where tickets are kept. Those of blocks beside their blocks, since they begin, follow and end with them; the others with their
//! own letters.

use limits::{Holdings, LetterKind, LetterStore, StoreError};
use model::{Block, BlockRef, Timestamp};

use super::{OpenTickets, Opening, StepRefused, Ticket};

/// Changes a ticket; what it returns is written to the customer.
pub type Step<'s> = &'s dyn Fn(&mut Ticket) -> Result<Option<LetterKind>, StepRefused>;

/// What comes of a step: `None` when there is no such ticket.
pub type Stepped = Option<Result<Ticket, StepRefused>>;

/// Why no ticket was opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpeningRefused {
    /// There are too many about the same already.
    #[error("there are {0} open tickets about that already: write to one of them")]
    TooMany(usize),
    /// There are too many of all.
    #[error("there are {0} open tickets already: no more can be opened now")]
    Crowded(usize),
}

/// Open tickets without a block about one account, address, domain or service; more can't be opened.
pub const MAX_OPEN_EACH: usize = 20;
/// Open tickets without a block, of all.
pub const MAX_OPEN: usize = 10_000;

/// Tickets on disk. A block whose way out is a ticket gets one when it is written first, in the same transaction; when the
/// block is written as released, the ticket follows it ([`Ticket::follow`]) and its letter is queued, in the same
/// transaction. Such a ticket is forgotten with its block, another one when it was closed as long ago. A number is never used
/// again.
pub trait TicketStore: LetterStore {
    /// One ticket by its number.
    fn ticket(&self, id: u64) -> Result<Option<Ticket>, StoreError>;
    /// The ticket of a block.
    fn ticket_of(&self, block: &BlockRef) -> Result<Option<Ticket>, StoreError>;
    /// Tickets with their blocks, latest first; only the open ones, or all.
    fn tickets(&self, only_open: bool, limit: usize) -> Result<Vec<(Ticket, Option<Block>)>, StoreError>;
    /// As [`Self::tickets`], those with a lower number.
    fn tickets_before(
        &self,
        number: u64,
        only_open: bool,
        limit: usize,
    ) -> Result<Vec<(Ticket, Option<Block>)>, StoreError>;
    /// Tickets with their blocks that concern one customer, his service or what he owns; latest first.
    fn tickets_within(
        &self,
        service: &str,
        within: &Holdings,
        limit: usize,
    ) -> Result<Vec<(Ticket, Option<Block>)>, StoreError>;
    /// Open tickets in numbers.
    fn open_tickets(&self) -> Result<OpenTickets, StoreError>;
    /// Takes a step and queues the letter that follows from it, all or nothing. A ticket whose block is over is never left
    /// open by one.
    fn step(&self, id: u64, step: Step<'_>) -> Result<Stepped, StoreError>;
    /// Opens a ticket that is about no block and queues the letter that says so, all or nothing; `node` is this node's name, for
    /// its Message-ID. The result of one diagnosis has one ticket: it is returned as it is.
    fn open_ticket(
        &self,
        opening: &Opening,
        node: &str,
        at: Timestamp,
    ) -> Result<Result<Ticket, OpeningRefused>, StoreError>;
}

/// Letters of one block, or of one ticket, beyond so many are not written: whoever answers without end is not answered without
/// end.
pub const MAX_LETTERS: u32 = 100;
