//! The steps of a ticket. Each is pure: whoever keeps tickets applies what it returns.

use limits::LetterKind;
use model::{Block, Timestamp};

use super::{Answers, Author, Question, Reply, StepRefused, Ticket, TicketState, written};

impl Ticket {
    /// Whether the block's record says that it is over: approved when the block was released through it, else closed.
    /// Returns what is to be written to the customer.
    pub fn follow(&mut self, block: &Block) -> Option<LetterKind> {
        let (at, by) = block.released.as_ref().filter(|_| !block.is_active())?;
        self.is_open().and_then(|()| self.is_of_block()).ok()?;
        self.updated = *at;
        let approved = *by == limits::Releaser::Ticket.as_str();
        self.stand(if approved { TicketState::Approved } else { TicketState::Closed }, *at);
        approved.then_some(LetterKind::Approved)
    }

    /// The customer has written. What he has answered is kept; a refused ticket is up for decision again once he has. Returns
    /// what is to be written to him: nothing where nothing was asked of him.
    ///
    /// # Errors
    /// When the ticket is over.
    pub fn replied(&mut self, text: &str, at: Timestamp) -> Result<Option<LetterKind>, StepRefused> {
        self.is_open()?;
        self.keep(Author::Customer, &written(text), at);
        if self.block().is_none() {
            self.stand(TicketState::Deciding, at);
            return Ok(None);
        }
        let open: Vec<_> = self.answers.missing().collect();
        let answers = self.answers.updated(&Answers::read(text, &open));
        let is_understood = answers != self.answers;
        self.answers = answers;
        self.stand(if is_understood { self.turn() } else { self.turn_of_words() }, at);
        if self.state == TicketState::Deciding {
            return Ok(Some(LetterKind::Received));
        }
        Ok(Some(LetterKind::Missing(self.answers.missing().map(Question::number).collect())))
    }

    /// Whose turn it is by the three answers.
    fn turn(&self) -> TicketState {
        if self.answers.are_complete() { TicketState::Deciding } else { TicketState::Answering }
    }

    /// Whose turn it is when words came that answer none of the questions: whoever was told once what is missing, and writes
    /// again, is read by a person.
    fn turn_of_words(&self) -> TicketState {
        let words = self.messages.iter().filter(|message| message.from == Author::Customer && !message.body.is_empty());
        if words.count() > 1 { TicketState::Deciding } else { self.turn() }
    }

    /// It is taken up again, by somebody with something to say. Whoever keeps tickets lets none be open whose block is over.
    ///
    /// # Errors
    /// When it is open, was approved, or there is nothing in the text.
    pub fn reopened(&mut self, by: Author, text: &str, at: Timestamp) -> Result<Option<LetterKind>, StepRefused> {
        match self.state {
            TicketState::Closed => {}
            TicketState::Approved => return Err(StepRefused::BlockOver { id: self.id }),
            _ => return Err(StepRefused::Open { id: self.id }),
        }
        let before = (self.state.clone(), self.since);
        self.stand(self.turn(), at);
        let said = match by {
            Author::Customer if text.trim().is_empty() => Err(StepRefused::NothingToSay),
            Author::Customer => self.replied(text, at),
            Author::Support => self.support_wrote(text, at).map(Some),
        };
        if said.is_err() {
            (self.state, self.since) = before;
        }
        said
    }

    /// The customer's mail has come, perhaps not for the first time: a mail server that lost our answer sends it once more.
    /// Returns what is to be written to him; nothing when it was taken before, or when it answers nothing new soon after
    /// another one.
    ///
    /// # Errors
    /// When the ticket was closed, or keeps no more messages.
    pub fn mailed(&mut self, mail: &Reply<'_>, at: Timestamp) -> Result<Option<LetterKind>, StepRefused> {
        if self.has_taken(mail) {
            return Ok(None);
        }
        let is_thanks = self.state == TicketState::Approved;
        if !is_thanks {
            self.is_open()?;
        }
        if self.messages.len() >= Self::MAX_MESSAGES {
            return Err(StepRefused::Full { id: self.id });
        }
        let is_soon = self.messages.last().is_some_and(|last| last.follows_soon(at));
        let before = (self.answers.clone(), self.state.clone());
        let letter = if is_thanks { self.thanked(mail.text, at) } else { self.replied(mail.text, at)? };
        if let Some(kept) = self.messages.last_mut() {
            kept.came_in(mail, &self.subject);
        }
        Ok(letter.filter(|_| before != (self.answers.clone(), self.state.clone()) || !is_soon))
    }

    /// Who was released writes once more, mostly to say thanks: it is kept, and not answered.
    fn thanked(&mut self, text: &str, at: Timestamp) -> Option<LetterKind> {
        self.keep(Author::Customer, &written(text), at);
        None
    }

    /// The support desk has written.
    ///
    /// # Errors
    /// When the ticket is over.
    pub fn support_wrote(&mut self, text: &str, at: Timestamp) -> Result<LetterKind, StepRefused> {
        self.is_open()?;
        let text = model::names::bounded(text.trim(), Self::MAX_BODY);
        if text.is_empty() {
            return Err(StepRefused::NothingToSay);
        }
        self.keep(Author::Support, text, at);
        if self.block().is_none() {
            self.stand(TicketState::Answering, at);
        }
        Ok(LetterKind::Answer(text.to_owned()))
    }

    /// An operator keeps the account blocked.
    ///
    /// # Errors
    /// When the ticket is over, about no block, or there is no reason.
    pub fn refuse(&mut self, reason: &str, at: Timestamp) -> Result<LetterKind, StepRefused> {
        self.is_open()?;
        self.is_of_block()?;
        let reason = model::names::bounded(reason.trim(), Self::MAX_BODY);
        if reason.is_empty() {
            return Err(StepRefused::NoReason);
        }
        self.keep(Author::Support, reason, at);
        self.stand(TicketState::Refused { reason: reason.to_owned() }, at);
        Ok(LetterKind::Refused(reason.to_owned()))
    }

    /// An operator takes no more answers; the account stays blocked until somebody releases it.
    ///
    /// # Errors
    /// When the ticket is over.
    pub fn close(&mut self, at: Timestamp) -> Result<(), StepRefused> {
        self.is_open()?;
        self.updated = at;
        self.stand(TicketState::Closed, at);
        Ok(())
    }
}
