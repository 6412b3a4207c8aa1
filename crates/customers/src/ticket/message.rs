//! What is written in a ticket.

use std::fmt;

use model::Timestamp;
use model::names::bounded;
use serde::{Deserialize, Serialize};

use super::{Ticket, Whom};

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
    /// The address that a mail came from, as the mail says (anybody can write anything there), at most 320 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Whether that is the account itself that the ticket is about: whoever has stolen its password may have written.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_account: bool,
    /// The Message-ID of the mail it came in, at most [`Ticket::MAX_MESSAGE_ID`] bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// The files that came with that mail, by name only, at most [`AttachedFile::MOST`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attached: Vec<AttachedFile>,
}

/// A file that came with a reply; it is not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachedFile {
    /// Its name, as the mail says.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
}

impl AttachedFile {
    /// Of one reply no more are named.
    pub const MOST: usize = 10;
}

/// `screenshot.png (23 kB)`
impl fmt::Display for AttachedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, size } = self;
        match size {
            0..1000 => write!(f, "{name} ({size} B)"),
            1000..1_000_000 => write!(f, "{name} ({} kB)", size / 1000),
            _ => write!(f, "{name} ({} MB)", size / 1_000_000),
        }
    }
}

/// A customer's reply by mail.
#[derive(Debug, Clone, Copy)]
pub struct Reply<'m> {
    /// Its text, quotes included.
    pub text: &'m str,
    /// The address of its author, as its header says.
    pub author: Option<&'m str>,
    /// The reverse path it came with; empty when there is none.
    pub sender: &'m str,
    /// Its Message-ID; mail without one can't be recognised when it comes again.
    pub message_id: Option<&'m str>,
    /// The files that came with it.
    pub attached: &'m [AttachedFile],
}

impl Reply<'_> {
    pub(super) fn bounded_id(&self) -> Option<String> {
        self.message_id.map(|id| bounded(id, Ticket::MAX_MESSAGE_ID).to_owned())
    }

    /// The addresses that it says it comes from.
    fn addresses(&self) -> impl Iterator<Item = &str> {
        self.author.into_iter().chain([self.sender]).filter(|address| !address.is_empty())
    }
}

impl Message {
    /// The longest address that is kept, in bytes.
    const MAX_ADDRESS: usize = 320;

    /// It came in that mail, to the ticket about this one.
    pub(super) fn came_in(&mut self, mail: &Reply<'_>, about: &Whom) {
        self.message_id = mail.bounded_id();
        self.attached = mail.attached.iter().take(AttachedFile::MOST).cloned().collect();
        self.address = mail.addresses().next().map(|address| bounded(address, Self::MAX_ADDRESS).to_owned());
        self.by_account = mail.addresses().any(|address| about.is_account(address));
    }

    pub(super) fn follows_soon(&self, at: Timestamp) -> bool {
        self.from == Author::Customer && at.since(self.at) < Ticket::SOON
    }
}
