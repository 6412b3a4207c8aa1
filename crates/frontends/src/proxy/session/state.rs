//! How far a session has come. A handler takes the state it needs and gives back the next one.

use std::sync::Arc;

use wire::smtp::{Capabilities, ContentReader, Mail};

use super::super::hop::HopConnection;
use super::super::spool::Spool;
use super::unjudged::Unjudged;

/// The state between two commands.
#[derive(Debug)]
pub(super) enum State {
    /// Greeted; the client's name isn't known, or was forgotten with STARTTLS or XCLIENT.
    Connected,
    /// EHLO or HELO was answered.
    Greeted(Greeted),
    /// MAIL was accepted.
    Open(Box<Transaction>),
    /// A BDAT came; only BDAT goes on.
    Chunked(Box<Chunked>),
}

/// What the client was offered.
#[derive(Debug, Clone)]
pub(super) struct Greeted {
    pub(super) offered: Arc<Capabilities>,
}

/// A mail transaction (RFC 5321 3.3), open at the next hop too.
#[derive(Debug)]
pub(super) struct Transaction {
    pub(super) greeted: Greeted,
    pub(super) hop: HopConnection,
    pub(super) mail: Mail,
    pub(super) envelope: Unjudged,
    /// The RCPT lines the next hop accepted, for when the message takes another way.
    pub(super) accepted: Vec<String>,
}

/// A transaction whose content comes in chunks.
#[derive(Debug)]
pub(super) struct Chunked {
    pub(super) transaction: Transaction,
    pub(super) reader: ContentReader,
    pub(super) content: Spool,
    /// A chunk was refused: every other gets 503 until RSET (RFC 3030 2).
    pub(super) is_broken: bool,
}

impl Transaction {
    /// Whether there is anybody to send content to.
    pub(super) fn has_recipients(&self) -> bool {
        !self.accepted.is_empty()
    }
}

/// The states, for the table of verbs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Connected,
    Greeted,
    Open,
    Chunked,
}

impl State {
    pub(super) fn phase(&self) -> Phase {
        match self {
            Self::Connected => Phase::Connected,
            Self::Greeted(_) => Phase::Greeted,
            Self::Open(_) => Phase::Open,
            Self::Chunked(_) => Phase::Chunked,
        }
    }
}
