//! Why a step was not taken.

use super::Ticket;

/// Why a step was not taken. The sentence is for whoever asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StepRefused {
    /// The ticket is over.
    #[error("ticket {id} is {state} already")]
    Over {
        /// The ticket.
        id: u64,
        /// Its state's word.
        state: &'static str,
    },
    /// A refusal needs a reason.
    #[error("a refusal needs a reason that the customer can act on")]
    NoReason,
    /// There is nothing in it.
    #[error("there is nothing in the message")]
    NothingToSay,
    /// Only a block is approved or refused.
    #[error("ticket {id} is about no block: there is nothing to approve or to refuse, answer or close it")]
    NoBlock {
        /// The ticket.
        id: u64,
    },
    /// What is open can't be opened again.
    #[error("ticket {id} is open")]
    Open {
        /// The ticket.
        id: u64,
    },
    /// Its block is over, and so is the ticket.
    #[error("the block of ticket {id} is over: there is nothing left to decide; open a new ticket")]
    BlockOver {
        /// The ticket.
        id: u64,
    },
    /// It has as many messages as are kept.
    #[error("ticket {id} has {} messages already: no more are kept", Ticket::MAX_MESSAGES)]
    Full {
        /// The ticket.
        id: u64,
    },
}
