//! What the proxy says by itself. Everything else is the next hop's or the judge's word.

use model::Refusal;
use wire::smtp::{Defect, Reply};

pub(super) const OUT_OF_SEQUENCE: &str = "503 5.5.1 Bad sequence of commands";
pub(super) const UNKNOWN: &str = "500 5.5.2 Command not recognised";
pub(super) const BAD_ARGUMENT: &str = "501 5.5.4 Syntax error in the argument";
pub(super) const NOT_OFFERED: &str = "555 5.5.4 Parameter not recognised or not offered";
pub(super) const NOT_ASCII: &str = "553 5.6.7 An address outside ASCII needs SMTPUTF8";
pub(super) const NEEDS_TLS: &str = "530 5.7.0 Must issue a STARTTLS command first";
pub(super) const NO_SUCH_COMMAND: &str = "502 5.5.1 Command not offered here";
pub(super) const BAD_LINE: &str = "500 5.5.2 Lines end in CRLF and hold no control characters; closing";
pub(super) const LONG_LINE: &str = "500 5.5.2 Line too long; closing";
pub(super) const TOO_MANY_ERRORS: &str = "421 4.7.0 Too many errors; closing";
pub(super) const TOO_MANY_SESSIONS: &str = "421 4.7.0 Too many connections; try again later";
pub(super) const TIMED_OUT: &str = "421 4.4.2 Nothing came for too long; closing";
pub(super) const CLOSING: &str = "421 4.3.2 The service is restarting; try again";
pub(super) const OK: &str = "250 2.0.0 Ok";
pub(super) const BYE: &str = "221 2.0.0 Bye";
pub(super) const VRFY: &str = "252 2.5.2 Send some mail and see";
pub(super) const HELP: &str = "214 2.0.0 See RFC 5321";
pub(super) const GO_AHEAD: &str = "354 End data with <CR><LF>.<CR><LF>";
pub(super) const START_TLS: &str = "220 2.0.0 Ready to start TLS";
pub(super) const NO_RECIPIENTS: &str = "554 5.5.1 No valid recipients";
pub(super) const TOO_MANY_RECIPIENTS: &str = "452 4.5.3 Too many recipients; send the rest in another message";
pub(super) const TOO_LARGE: &str = "552 5.3.4 The message is larger than the limit";
pub(super) const NO_ROOM: &str = "452 4.3.1 The message can't be stored while it passes; try again later";
pub(super) const LOOP: &str = "554 5.4.6 Too many hops: the message runs in a loop";
pub(super) const ALREADY_AUTHENTICATED: &str = "503 5.5.1 Already authenticated";
pub(super) const NO_MECHANISM: &str = "504 5.5.4 Mechanism not offered";
pub(super) const UNREACHABLE: &str = "451 4.4.1 The next mail server can't be reached; try again later";
pub(super) const UNREACHABLE_CLOSING: &str = "421 4.4.1 The next mail server can't be reached; try again later";
pub(super) const LOST: &str = "421 4.4.2 The connection to the next mail server was lost; try again";
pub(super) const LOST_MESSAGE: &str = "451 4.4.2 The connection to the next mail server was lost; try again";
pub(super) const CHANGED: &str = "451 4.3.5 The next mail server offers less than before; connect and try again";
pub(super) const HELD: &str = "451 4.7.1 The message waits for an operator's decision; try again later";

/// A refusal in the judge's words.
pub(super) fn refused(refusal: &Refusal) -> Reply {
    Reply::of(&refusal.line())
}

/// Content that other servers read in another way.
pub(super) fn unclean(defect: Defect) -> Reply {
    let rule = match defect {
        Defect::Nul => "a text holds none",
        Defect::BareCr | Defect::BareLf => "its lines have to end in CRLF",
    };
    Reply::of(&format!("554 5.6.0 The message holds {defect}: {rule}"))
}

/// A chunk was taken.
pub(super) fn chunk(size: u64) -> Reply {
    Reply::of(&format!("250 2.0.0 {size} octets received"))
}
