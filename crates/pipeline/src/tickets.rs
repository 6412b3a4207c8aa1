//! Tickets, of blocked accounts and such as somebody opens: what customers and operators do with them. The command line, the
//! mail listener, the API and the console do nothing else.
//!
//! Whether the ticket of a block is over is read from the block as it is enforced. Approval is the release of the block: the store lets the
//! ticket follow in the same transaction and queues the letter, so that no crash leaves one without the other.

use std::sync::Arc;

use customers::ticket::{Author, Opening, OpeningRefused, Reply, StepRefused, Ticket, TicketStore};
use limits::{Bounce, Holdings, LetterKind, Matter, Releaser, StoreError};
use model::{Block, BlockRef, Clock, Evidence};

use crate::desk::{Desk, DeskError};

/// Tickets beside the desk.
pub struct Tickets {
    desk: Arc<Desk>,
    pub(crate) store: Arc<dyn TicketStore>,
    clock: Arc<dyn Clock>,
    /// A letter may wait.
    wake: Box<dyn Fn() + Send + Sync>,
    /// This node's name, for the Message-IDs of letters.
    node: String,
}

/// A ticket as it stands, with the block that decides about it, if one does.
#[derive(Debug, Clone)]
pub struct TicketFile {
    /// The ticket.
    pub ticket: Ticket,
    /// Its block, with the counts as they are now.
    pub block: Option<Block>,
    /// The flagged messages, oldest first; empty in lists.
    pub evidence: Vec<Evidence>,
    /// Its letters that did not arrive, latest first; empty in lists.
    pub bounces: Vec<Bounce>,
}

impl TicketFile {
    /// Whether its customer can be asked about flagged messages: a block by hand may have none.
    pub fn shows_messages(&self) -> bool {
        let by_hand = self.block.as_ref().is_some_and(|block| block.reason.decided().is_some());
        !by_hand || !self.evidence.is_empty()
    }
}

/// Why something could not be done with a ticket.
#[derive(Debug, thiserror::Error)]
pub enum TicketError {
    /// No ticket has that number.
    #[error("there is no ticket {0}")]
    Unknown(u64),
    /// The ticket does not allow it.
    #[error(transparent)]
    Refused(#[from] StepRefused),
    /// No more tickets can be opened.
    #[error(transparent)]
    Opening(#[from] OpeningRefused),
    /// The block does not allow it, or the store failed.
    #[error(transparent)]
    Desk(#[from] DeskError),
}

impl From<StoreError> for TicketError {
    fn from(error: StoreError) -> Self {
        Self::Desk(error.into())
    }
}

impl Tickets {
    /// How many bounces of a ticket's letters are shown.
    const BOUNCES_SHOWN: usize = 100;

    /// Tickets of the store beside the desk; `wake` is called when a letter waits.
    pub fn new(
        desk: Arc<Desk>,
        store: Arc<dyn TicketStore>,
        clock: Arc<dyn Clock>,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        Self { desk, store, clock, wake: Box::new(wake), node: "localhost".into() }
    }

    /// The same on the node of that name.
    #[must_use]
    pub fn on_node(self, node: &str) -> Self {
        Self { node: node.to_owned(), ..self }
    }

    /// The desk beside them.
    pub fn desk(&self) -> Arc<Desk> {
        Arc::clone(&self.desk)
    }

    /// Tickets, latest first. Blocks the thread on the store.
    ///
    /// # Errors
    /// When the store fails.
    pub fn list(&self, only_open: bool, limit: usize) -> Result<Vec<TicketFile>, TicketError> {
        self.list_before(u64::MAX, only_open, limit)
    }

    /// As [`Self::list`], those with a lower number. One that is over in truth and not as it was written is left out, and another
    /// one taken for it: fewer are all.
    ///
    /// # Errors
    /// When the store fails.
    pub fn list_before(&self, number: u64, only_open: bool, limit: usize) -> Result<Vec<TicketFile>, TicketError> {
        let (mut below, mut files) = (number, Vec::new());
        while files.len() < limit {
            let kept = self.store.tickets_before(below, only_open, limit)?;
            let is_last = kept.len() < limit;
            below = kept.last().map_or(0, |(ticket, _)| ticket.id);
            let read = kept.into_iter().map(|(ticket, block)| self.file(ticket, block));
            files.extend(read.filter(|file| !only_open || file.ticket.is_open().is_ok()));
            if is_last {
                break;
            }
        }
        files.truncate(limit);
        Ok(files)
    }

    /// Tickets that concern one customer, his service or what he owns; latest first. Blocks the thread on the store.
    ///
    /// # Errors
    /// When the store fails.
    pub fn within(&self, service: &str, held: &Holdings, limit: usize) -> Result<Vec<TicketFile>, TicketError> {
        let kept = self.store.tickets_within(service, held, limit)?;
        Ok(kept.into_iter().map(|(ticket, block)| self.file(ticket, block)).collect())
    }

    /// One ticket with the flagged messages. Blocks the thread on the store.
    ///
    /// # Errors
    /// When there is none, or the store fails.
    pub fn show(&self, id: u64) -> Result<TicketFile, TicketError> {
        let ticket = self.store.ticket(id)?.ok_or(TicketError::Unknown(id))?;
        let bounces = |about: Matter| self.store.bounces(Some(&about), Self::BOUNCES_SHOWN);
        let Some(reference) = ticket.block().cloned() else {
            let bounces = bounces(Matter::Ticket(id))?;
            return Ok(TicketFile { bounces, ..self.file(ticket, None) });
        };
        let case = self.desk.case_file(&reference)?;
        let bounces = bounces(Matter::Block(reference))?;
        Ok(TicketFile { evidence: case.evidence, bounces, ..self.file(ticket, Some(case.block)) })
    }

    /// The ticket of a block; `None` when it has none. Blocks the thread on the store.
    ///
    /// # Errors
    /// When the store fails.
    pub fn of_block(&self, block: &BlockRef) -> Result<Option<TicketFile>, TicketError> {
        let Some(ticket) = self.store.ticket_of(block)? else { return Ok(None) };
        let written = self.desk.case_file(block)?.block;
        Ok(Some(self.file(ticket, Some(written))))
    }

    /// Opens a ticket that is about no block, and writes to the customer that it is open. Blocks the thread on the store.
    ///
    /// # Errors
    /// When there are too many, or the store fails.
    pub fn open(&self, opening: &Opening) -> Result<TicketFile, TicketError> {
        let ticket = self.store.open_ticket(opening, &self.node, self.clock.now())??;
        (self.wake)();
        Ok(self.file(ticket, None))
    }

    /// Takes a closed ticket up again, by whoever has something to say. Blocks the thread on the store.
    ///
    /// # Errors
    /// When there is no such ticket, it is open, its block is over, the text is empty, or the store fails.
    pub fn reopen(&self, id: u64, by: Author, text: &str) -> Result<TicketFile, TicketError> {
        let file = self.show(id)?;
        if file.block.as_ref().is_some_and(|block| !block.is_active()) {
            return Err(StepRefused::BlockOver { id }.into());
        }
        let step = |ticket: &mut Ticket| ticket.reopened(by, text, self.clock.now());
        let ticket = self.store.step(id, &step)?.ok_or(TicketError::Unknown(id))??;
        (self.wake)();
        Ok(TicketFile { ticket, ..file })
    }

    /// The customer has written this, without what his mail program added. Blocks the thread on the store.
    ///
    /// # Errors
    /// When there is no such ticket, it is over, or the store fails.
    pub fn replied(&self, id: u64, text: &str) -> Result<TicketFile, TicketError> {
        self.step(id, |ticket| ticket.replied(text, self.clock.now()))
    }

    /// The customer's mail has come; one that comes again is taken once. Blocks the thread on the store.
    ///
    /// # Errors
    /// When there is no such ticket, it is over or full, or the store fails.
    pub fn mailed(&self, id: u64, mail: &Reply<'_>) -> Result<TicketFile, TicketError> {
        let file = self.show(id)?;
        if file.ticket.has_taken(mail) {
            return Ok(file);
        }
        // What comes to a ticket that is over by what is enforced, and not by what is written, waits for the store.
        let is_behind = file.ticket.is_open().is_err();
        self.walk(file, |ticket| match ticket.is_open() {
            Ok(()) if is_behind => Err(StepRefused::BlockOver { id }),
            _ => ticket.mailed(mail, self.clock.now()),
        })
    }

    /// A letter did not arrive; false when no such letter is known, or enough is known of it. Blocks the thread on the store.
    ///
    /// # Errors
    /// When the store fails.
    pub fn bounced(&self, bounce: &Bounce) -> Result<bool, StoreError> {
        let noted = self.store.note_bounce(bounce)?;
        (self.wake)();
        Ok(noted)
    }

    /// The support desk writes to the customer. Blocks the thread on the store.
    ///
    /// # Errors
    /// When there is no such ticket, it is over, the text is empty, or the store fails.
    pub fn answer(&self, id: u64, text: &str) -> Result<TicketFile, TicketError> {
        self.step(id, |ticket| ticket.support_wrote(text, self.clock.now()).map(Some))
    }

    /// The account stays blocked, for this reason. Blocks the thread on the store.
    ///
    /// # Errors
    /// When there is no such ticket, it is over, about no block, there is no reason, or the store fails.
    pub fn refuse(&self, id: u64, reason: &str) -> Result<TicketFile, TicketError> {
        self.step(id, |ticket| ticket.refuse(reason, self.clock.now()).map(Some))
    }

    /// No more answers are taken; the account stays blocked until somebody releases it. Blocks the thread on the store.
    ///
    /// # Errors
    /// When there is no such ticket, it is over, or the store fails.
    pub fn close(&self, id: u64) -> Result<TicketFile, TicketError> {
        self.step(id, |ticket| ticket.close(self.clock.now()).map(|()| None))
    }

    /// Releases the account, whatever was answered. When this returns, it can send, and the letter is queued; while the store
    /// fails both are written as soon as it works. Blocks the thread on the store at first.
    ///
    /// # Errors
    /// When there is no such ticket, it is over, about no block, or the store can't be read.
    pub async fn approve(&self, id: u64) -> Result<TicketFile, TicketError> {
        let file = self.show(id)?;
        file.ticket.is_open()?;
        let reference = file.ticket.block().ok_or(StepRefused::NoBlock { id })?;
        let block = self.desk.release(reference, Releaser::Ticket).await?;
        (self.wake)();
        Ok(TicketFile { evidence: file.evidence, bounces: file.bounces, ..self.file(file.ticket, Some(block)) })
    }

    fn step(
        &self,
        id: u64,
        step: impl Fn(&mut Ticket) -> Result<Option<LetterKind>, StepRefused>,
    ) -> Result<TicketFile, TicketError> {
        let file = self.show(id)?;
        file.ticket.is_open()?;
        self.walk(file, step)
    }

    fn walk(
        &self,
        file: TicketFile,
        step: impl Fn(&mut Ticket) -> Result<Option<LetterKind>, StepRefused>,
    ) -> Result<TicketFile, TicketError> {
        let id = file.ticket.id;
        let ticket = self.store.step(id, &step)?.ok_or(TicketError::Unknown(id))??;
        (self.wake)();
        Ok(TicketFile { ticket, ..file })
    }

    /// What is shown of a ticket follows what is enforced, even while the store is behind.
    pub(crate) fn file(&self, mut ticket: Ticket, written: Option<Block>) -> TicketFile {
        let block = written.map(|block| self.desk.current(block));
        if let Some(block) = &block {
            ticket.follow(block);
        }
        TicketFile { ticket, block, evidence: Vec::new(), bounces: Vec::new() }
    }
}
