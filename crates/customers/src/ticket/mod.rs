//! The ticket of a blocked account: "Account locked for spam", three questions, an operator's decision. And those that somebody
//! opens: a question, or the result of a diagnosis.
//!
//! `answering -> deciding -> approved | refused -> closed`. The ticket of a block never outlives its meaning: whether
//! it is over is decided by the block's record alone ([`Ticket::follow`]), so what is displayed and what is enforced can't
//! differ. Another one goes to and fro between `answering` (the customer's turn) and `deciding` (the support desk's) until
//! somebody closes it. The state machine is pure; whoever keeps tickets applies what it returns.

mod about;
mod answers;
mod asked;
mod automatic;
mod happened;
mod keys;
mod message;
mod record;
mod refused;
mod reply;
mod state;
mod steps;
mod store;
mod tally;
#[cfg(test)]
mod tests;
mod token;

pub use about::{About, Opening, Whom};
pub use answers::{Answers, Question};
pub use automatic::{Automatic, automatic};
pub use keys::{KeyError, KeyFile};
pub use message::{AttachedFile, Author, Message, Reply};
pub use record::Ticket;
pub use refused::StepRefused;
pub use reply::written;
pub use state::TicketState;
pub use store::{MAX_LETTERS, MAX_OPEN, MAX_OPEN_EACH, OpeningRefused, Step, Stepped, TicketStore};
pub use tally::OpenTickets;
pub use token::{Addressee, ReplyBox, ReplyKey, ReplyTokens};
