//! SMTP (RFC 5321 and its extensions) as bytes: commands, replies, message content, and nothing that waits.
//!
//! Security: two servers that disagree on where a line or a message ends let one client smuggle mail past one of them.
//! Here a line ends in CRLF and nothing else, content ends at CRLF.CRLF and nowhere else ([`content`]), and what is
//! relayed is written anew from what was understood. Everything read from the network has a bound.

pub mod auth;
pub mod capabilities;
pub mod chunk;
pub mod client_attributes;
pub mod command;
pub mod content;
pub mod line;
pub mod mail;
pub mod parameters;
pub mod path;
pub mod reply;
pub mod stuffing;
pub mod xtext;

pub use capabilities::Capabilities;
pub use chunk::Chunk;
pub use client_attributes::ClientAttributes;
pub use command::{Command, SyntaxError, Verb};
pub use content::{ContentReader, Defect, LineEnds};
pub use line::{LineError, peek_line, take_line};
pub use mail::{Body, Mail, Recipient};
pub use reply::{Reply, ReplyError, take_reply};
