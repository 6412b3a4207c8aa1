//! Where a ticket stands.

use serde::{Deserialize, Serialize};

/// Where a ticket stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum TicketState {
    /// The customer has questions to answer, or something was written to him.
    Answering,
    /// All is answered, or the customer has written: an operator decides or answers.
    Deciding,
    /// An operator has released the account.
    Approved,
    /// An operator has not, for this reason; the customer may answer again.
    Refused {
        /// What the customer is told.
        reason: String,
    },
    /// It is over.
    Closed,
}

impl TicketState {
    /// Every word that [`Self::as_str`] knows.
    pub const WORDS: [&'static str; 5] = ["answering", "deciding", "approved", "refused", "closed"];

    /// The state's word.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Answering => "answering",
            Self::Deciding => "deciding",
            Self::Approved => "approved",
            Self::Refused { .. } => "refused",
            Self::Closed => "closed",
        }
    }
}
