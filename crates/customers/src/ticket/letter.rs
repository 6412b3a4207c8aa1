//! Letters of tickets that no block has opened. Those of blocks are the block's.

use limits::LetterKind;
use model::Timestamp;
use serde::{Deserialize, Serialize};

/// What such a letter tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// The ticket is open; its first message is in the letter.
    Opened,
    /// The support desk has written this.
    Answer(String),
}

impl News {
    /// What a step's letter is here: only what the support desk writes is told.
    pub fn of(letter: LetterKind) -> Option<Self> {
        match letter {
            LetterKind::Answer(text) => Some(Self::Answer(text)),
            _ => None,
        }
    }
}

/// A letter that waits to be sent, or was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketLetter {
    /// The ticket.
    pub ticket: u64,
    /// Which letter of this ticket: 0 tells that it is open.
    pub number: u32,
    /// What it tells.
    pub news: News,
    /// When there was something to tell.
    pub created: Timestamp,
    /// When to try (again).
    pub due: Timestamp,
    /// How often it was tried.
    pub tries: u32,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// When the relay took it.
    pub sent: Option<Timestamp>,
    /// When it was given up.
    pub given_up: Option<Timestamp>,
}

impl TicketLetter {
    /// A letter that was not tried yet.
    pub fn new(ticket: u64, number: u32, news: News, at: Timestamp) -> Self {
        let (last_error, sent, given_up) = (None, None, None);
        Self { ticket, number, news, created: at, due: at, tries: 0, last_error, sent, given_up }
    }

    /// Whether it is still tried.
    pub fn waits(&self) -> bool {
        self.sent.is_none() && self.given_up.is_none()
    }
}
