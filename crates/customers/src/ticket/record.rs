//! A ticket as it is kept: how it begins, and what can be read from it.

use std::time::Duration;

use model::{Block, BlockRef, Timestamp};
use serde::{Deserialize, Serialize};

use super::{About, Answers, Author, Message, Opening, Reply, StepRefused, TicketState, Whom};

/// A ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Its number, from 1.
    pub id: u64,
    /// What it is about.
    #[serde(flatten)]
    pub about: About,
    /// Whom it concerns: whom the block stops, or whom something was asked about.
    pub subject: Whom,
    /// When it was opened.
    pub opened: Timestamp,
    /// When something happened last.
    pub updated: Timestamp,
    /// Where it stands.
    #[serde(flatten)]
    pub state: TicketState,
    /// Since when it stands there: whose turn it is doesn't begin anew with each message.
    pub since: Timestamp,
    /// What was answered.
    pub answers: Answers,
    /// What was written, oldest first, at most [`Ticket::MAX_MESSAGES`]; later ones are answered but not kept.
    pub messages: Vec<Message>,
}

impl Ticket {
    /// The subject of every ticket that a block opens.
    pub const SUBJECT: &'static str = "Account locked for spam";
    /// What the subject of a ticket with the result of a diagnosis begins with.
    pub const DIAGNOSIS: &'static str = "Diagnosis";
    /// A longer message is cut, in bytes.
    pub const MAX_BODY: usize = 8 * 1024;
    /// More messages are not kept.
    pub const MAX_MESSAGES: usize = 200;
    /// A longer Message-ID is cut, in bytes.
    pub const MAX_MESSAGE_ID: usize = 250;
    /// A mail that answers nothing new and follows another so soon is not answered: a program may be writing.
    pub(super) const SOON: Duration = Duration::from_secs(3600);

    /// A ticket that begins with a block, or with its adoption.
    pub fn opened(id: u64, block: &Block) -> Self {
        let at = block.adopted().unwrap_or(block.since);
        Self {
            id,
            about: About::Block { block: block.reference.clone() },
            subject: Whom::Subject(block.subject.clone()),
            opened: at,
            updated: at,
            state: TicketState::Answering,
            since: at,
            answers: Answers::default(),
            messages: Vec::new(),
        }
    }

    /// A ticket that somebody opens. What an operator asks is for the customer to answer, all else for the support desk.
    pub fn begun(id: u64, opening: &Opening, at: Timestamp) -> Self {
        let asked = matches!(opening.about, About::Question { .. }) && opening.author == Author::Support;
        let mut ticket = Self {
            id,
            about: opening.about.clone(),
            subject: opening.whom.clone(),
            opened: at,
            updated: at,
            state: if asked { TicketState::Answering } else { TicketState::Deciding },
            since: at,
            answers: Answers::default(),
            messages: Vec::new(),
        };
        ticket.keep(opening.author, &opening.text, at);
        ticket
    }

    /// The block it is about.
    pub fn block(&self) -> Option<&BlockRef> {
        match &self.about {
            About::Block { block } => Some(block),
            About::Diagnosis { .. } | About::Question { .. } => None,
        }
    }

    /// What it is about, in a line.
    pub fn title(&self) -> String {
        match &self.about {
            About::Block { .. } => format!("{}: {}", Self::SUBJECT, self.subject.name()),
            About::Diagnosis { .. } => format!("{} of {}", Self::DIAGNOSIS, self.subject.name()),
            About::Question { title } => title.clone(),
        }
    }

    /// Whether that mail is one of its messages.
    pub fn has_taken(&self, mail: &Reply<'_>) -> bool {
        let id = mail.bounded_id();
        id.is_some() && self.messages.iter().any(|message| message.message_id == id)
    }

    /// Whether anything can still happen.
    ///
    /// # Errors
    /// When the ticket is over.
    pub fn is_open(&self) -> Result<(), StepRefused> {
        match self.state {
            TicketState::Approved | TicketState::Closed => {
                Err(StepRefused::Over { id: self.id, state: self.state.as_str() })
            }
            TicketState::Answering | TicketState::Deciding | TicketState::Refused { .. } => Ok(()),
        }
    }

    /// Whether there is something to approve or to refuse.
    ///
    /// # Errors
    /// When no block has opened it.
    pub fn is_of_block(&self) -> Result<(), StepRefused> {
        self.block().map(|_| ()).ok_or(StepRefused::NoBlock { id: self.id })
    }

    /// It stands there from now on.
    pub(super) fn stand(&mut self, state: TicketState, at: Timestamp) {
        if self.state.as_str() != state.as_str() {
            self.since = at;
        }
        self.state = state;
    }

    pub(super) fn keep(&mut self, from: Author, body: &str, at: Timestamp) {
        self.updated = at;
        if self.messages.len() < Self::MAX_MESSAGES {
            let body = model::names::bounded(body.trim(), Self::MAX_BODY).to_owned();
            self.messages.push(Message {
                at,
                from,
                body,
                address: None,
                by_account: false,
                message_id: None,
                attached: Vec::new(),
            });
        }
    }
}
