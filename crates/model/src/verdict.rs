//! What happens to a message.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::signal::Score;
use crate::time::Timestamp;

/// What the front end does. Front ends match on it exhaustively.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Let it pass untouched.
    Accept,
    /// Let it pass with these header fields added.
    Tag(Vec<(String, String)>),
    /// Ask the client to come back (4xx).
    Defer(Refusal),
    /// Refuse (5xx).
    Reject(Refusal),
    /// Keep it in the MTA's hold queue for the operator; the text says why.
    Hold(String),
}

impl Action {
    /// The action's name in logs and metrics.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Tag(_) => "tag",
            Self::Defer(_) => "defer",
            Self::Reject(_) => "reject",
            Self::Hold(_) => "hold",
        }
    }

    /// Whether the message goes on to its recipients now.
    pub fn delivers(&self) -> bool {
        matches!(self, Self::Accept | Self::Tag(_))
    }
}

/// A refusal in SMTP's words: code, enhanced status code (RFC 3463), and a sentence the customer understands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// 4xx or 5xx.
    pub code: u16,
    /// Such as `5.7.1`; its class is the code's.
    pub enhanced: [u8; 3],
    /// One line, printable ASCII, at most [`Refusal::MAX_TEXT`] bytes.
    pub text: String,
    /// After how long a deferred client should come back.
    pub retry_after: Option<Duration>,
}

impl Refusal {
    /// A reply line holds at most 512 bytes with code and CRLF (RFC 5321 4.5.3.1.5).
    pub const MAX_TEXT: usize = 490;

    /// A permanent refusal, `550 5.7.1`.
    pub fn permanent(text: impl Into<String>) -> Self {
        Self { code: 550, enhanced: [5, 7, 1], text: clean(&text.into()), retry_after: None }
    }

    /// A temporary refusal, `451 4.7.1`, that says when to come back.
    pub fn temporary(text: impl Into<String>, retry_after: Duration) -> Self {
        Self { code: 451, enhanced: [4, 7, 1], text: clean(&text.into()), retry_after: Some(retry_after) }
    }

    /// `550 5.7.1 text`
    pub fn line(&self) -> String {
        let [class, subject, detail] = self.enhanced;
        format!("{} {class}.{subject}.{detail} {}", self.code, self.text)
    }
}

/// Only printable ASCII may leave in a reply: quotation marks and dashes become their plain kin, anything else a question
/// mark.
fn clean(text: &str) -> String {
    text.chars().map(plain).take(Refusal::MAX_TEXT).collect()
}

fn plain(c: char) -> char {
    match c {
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{ab}' | '\u{bb}' => '"',
        '\u{2018}' | '\u{2019}' | '\u{201a}' => '\'',
        '\u{2010}'..='\u{2015}' => '-',
        ' '..='~' => c,
        _ => '?',
    }
}

/// The judgement of one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What to do.
    pub action: Action,
    /// Why, in a word: the same word in the log and as a metric's label.
    pub reason: &'static str,
    /// The score; empty when the message was not scored (refused before).
    pub score: Score,
    /// When it was judged.
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_plain_ascii_whatever_the_message_said() {
        let refusal = Refusal::permanent("\u{201c}It\u{2019}s free\u{201d} \u{2013} caf\u{e9}\r\n250 ok");
        assert_eq!(refusal.line(), "550 5.7.1 \"It's free\" - caf???250 ok");
    }
}
