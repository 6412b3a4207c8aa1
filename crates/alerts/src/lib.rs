//! Telling people that a sender was blocked: a durable outbox, the mail it sends, and where the flagged messages went.
//!
//! What stands in an alert comes from messages of a thief: it is cleaned and bounded ([`render`]) before anyone reads it.
//! Delivery is at least once: a crash between the relay's answer and its note sends the same Message-ID once more.

mod audience;
mod conversation;
mod crowd;
mod destinations;
mod facts;
mod letter;
mod links;
mod many;
mod outbox;
mod post;
mod reason;
mod relay;
mod reports;
mod retry;
mod settings;
mod templates;
mod text;
mod words;

pub use customers::Address;
pub use letter::{Letter, Mail, render};
pub use many::Concern;
pub use outbox::{Figures, LetterError, Outbox, OutboxHandle, OutboxStore, Surroundings};
pub use post::Post;
pub use reason::reason_in;
pub use settings::{AlertSettings, Digest, Tls, check};
pub use templates::{Notice, Templates, Words};
