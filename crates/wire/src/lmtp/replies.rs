//! What an LMTP server says, in one place.

use crate::smtp::{LineError, Reply};

pub(super) const OK: &str = "250 2.0.0 OK";
pub(super) const SENDER_OK: &str = "250 2.1.0 OK";
pub(super) const RECIPIENT_OK: &str = "250 2.1.5 OK";
pub(super) const GO_AHEAD: &str = "354 Send it, and end with a line that holds a dot";
pub(super) const GOODBYE: &str = "221 2.0.0 Goodbye";
pub(super) const UNSURE: &str = "252 2.5.0 Write to it to find out";
pub(super) const HELP: &str = "214 2.0.0 This is LMTP (RFC 2033) for replies to tickets";
pub(super) const SAY_LHLO: &str = "500 5.5.1 This is LMTP: say LHLO";
pub(super) const LHLO_FIRST: &str = "503 5.5.1 Say LHLO first";
pub(super) const MAIL_FIRST: &str = "503 5.5.1 Say MAIL first";
pub(super) const NESTED_MAIL: &str = "503 5.5.1 One message at a time";
pub(super) const NO_RECIPIENT: &str = "503 5.5.1 No recipient was accepted";
pub(super) const NOT_OFFERED: &str = "502 5.5.1 Not offered here";
pub(super) const UNKNOWN_COMMAND: &str = "500 5.5.2 Command not recognised";
pub(super) const BAD_ARGUMENT: &str = "501 5.5.4 Syntax error in the argument";
pub(super) const BAD_PARAMETER: &str = "555 5.5.4 Parameter not recognised or not offered";
pub(super) const NOT_ASCII: &str = "553 5.6.7 An address outside ASCII needs SMTPUTF8";
pub(super) const TOO_LARGE: &str = "552 5.3.4 The message is too large for a reply to a ticket";
pub(super) const TOO_MANY_RECIPIENTS: &str = "452 4.5.3 Too many recipients";
pub(super) const NO_SUCH_ADDRESS: &str =
    "550 5.1.1 Nobody reads this address: reply to our letter itself, or open its link";
pub(super) const TOO_MANY_MISTAKES: &str = "421 4.7.0 Too many mistakes";

/// What became of a message for one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Disposal {
    /// It is on disk, or needs no keeping.
    Taken,
    /// It is larger than announced as the limit.
    TooLarge,
    /// It comes too late, for the reason of this sentence.
    Over(String),
    /// It is one more than is kept for this recipient, as the sentence says.
    Full(String),
    /// It can't be kept now.
    Failed,
}

impl Disposal {
    /// The reply for that recipient.
    pub fn reply(&self) -> Reply {
        match self {
            Self::Taken => Reply::of("250 2.0.0 Taken"),
            Self::TooLarge => Reply::of(TOO_LARGE),
            Self::Over(sentence) => Reply::of(&format!("550 5.2.1 {}", on_one_line(sentence))),
            Self::Full(sentence) => Reply::of(&format!("552 5.2.2 {}", on_one_line(sentence))),
            Self::Failed => Reply::of("451 4.3.0 It can't be kept now: try again later"),
        }
    }
}

/// A reply is a line of ASCII (RFC 5321 4.2).
fn on_one_line(sentence: &str) -> String {
    sentence.chars().take(400).map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' }).collect()
}

/// The greeting of the host of that name.
pub fn greeting(host: &str) -> Reply {
    Reply::of(&format!("220 {} LMTP Portreeve", on_one_line(host)))
}

/// The last word to a client whose bytes are no line.
pub fn no_line(error: LineError) -> Reply {
    Reply::of(&format!("421 4.5.2 {error}"))
}

/// The last word to a client that has sent more content than anybody sends by mistake.
pub fn ended() -> Reply {
    Reply::of("421 4.3.4 Far more than was announced as the limit")
}

/// The last word to a client that has said nothing for too long.
pub fn silence() -> Reply {
    Reply::of("421 4.4.2 Nothing was said for too long")
}

/// The last word when the server stops.
pub fn stopping() -> Reply {
    Reply::of("421 4.3.2 The server stops: try again later")
}
