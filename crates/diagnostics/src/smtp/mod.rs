//! As much of an SMTP client as checks need: log in, ask whether a recipient is accepted, hand over one message.
//!
//! Security: a server's replies are bounded and free of control characters (`wire::smtp`), and what came in clear behind the
//! reply to STARTTLS ends the connection (CVE-2021-38371).

mod connect;
mod dialogue;
mod error;
mod login;
mod probe;
mod submit;

pub(crate) use connect::{Connection, connect};
pub(crate) use error::SmtpError;
pub(crate) use login::log_in;
pub(crate) use probe::{Probed, probe};
pub(crate) use submit::submit;

use wire::smtp::Reply;

/// A reply as people read it: `550 5.1.1 no such user`.
pub(crate) fn said(reply: &Reply) -> String {
    let texts: Vec<&str> = reply.texts().collect();
    model::names::bounded(&format!("{} {}", reply.code(), texts.join(" ")), MAX_SAID).to_owned()
}

/// More of a reply is not shown, in bytes.
const MAX_SAID: usize = 400;
