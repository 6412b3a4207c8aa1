//! What is written in a ticket.

use model::Timestamp;
use serde::{Deserialize, Serialize};

use super::Ticket;

/// Who wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// The customer.
    Customer,
    /// The support desk, or this program in its name.
    Support,
}

/// One message of a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub from: Author,
    /// What, quotes left out, at most [`Ticket::MAX_BODY`] bytes.
    pub body: String,
    /// The Message-ID of the mail it came in, at most [`Ticket::MAX_MESSAGE_ID`] bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
}

/// A customer's reply by mail.
#[derive(Debug, Clone, Copy)]
pub struct Reply<'m> {
    /// Its text, quotes included.
    pub text: &'m str,
    /// Its Message-ID; mail without one can't be recognised when it comes again.
    pub message_id: Option<&'m str>,
}

impl Reply<'_> {
    pub(super) fn bounded_id(&self) -> Option<String> {
        self.message_id.map(|id| model::names::bounded(id, Ticket::MAX_MESSAGE_ID).to_owned())
    }
}

impl Message {
    pub(super) fn follows_soon(&self, at: Timestamp) -> bool {
        self.from == Author::Customer && at.since(self.at) < Ticket::SOON
    }
}
