//! What letters are about, what became of them: those that came back, and the seam that keeps them.

use std::cmp::Reverse;
use std::fmt;

use model::{BlockRef, Timestamp};
use serde::{Deserialize, Serialize};

use crate::store::{AlertJob, Store, StoreError};

/// What a letter is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matter {
    /// A block, and the ticket it has opened.
    Block(BlockRef),
    /// A ticket that no block has opened.
    Ticket(u64),
}

impl Matter {
    /// What a ticket's name begins with, where a block's reference could stand.
    const TICKET: &str = "ticket-";

    /// Reads what [`fmt::Display`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix(Self::TICKET) {
            Some(number) => number.parse().ok().map(Self::Ticket),
            None => BlockRef::new(text).map(Self::Block),
        }
    }

    /// The block.
    pub fn block(&self) -> Option<&BlockRef> {
        match self {
            Self::Block(block) => Some(block),
            Self::Ticket(_) => None,
        }
    }

    /// The ticket that no block has opened.
    pub fn ticket(&self) -> Option<u64> {
        match self {
            Self::Block(_) => None,
            Self::Ticket(ticket) => Some(*ticket),
        }
    }

    /// As it stands in a sentence: `block k3x9qm2f7cabcdef`, `ticket 4711`.
    pub fn said(&self) -> String {
        match self {
            Self::Block(block) => format!("block {block}"),
            Self::Ticket(ticket) => format!("ticket {ticket}"),
        }
    }
}

/// Its name in lists and addresses: `k3x9qm2f7cabcdef`, `ticket-4711`.
impl fmt::Display for Matter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Block(block) => f.pad(block.as_str()),
            Self::Ticket(ticket) => f.pad(&format!("{}{ticket}", Self::TICKET)),
        }
    }
}

/// A letter that did not reach a recipient, as the mail system there reports it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounce {
    /// What the letter is about.
    #[serde(flatten)]
    pub about: Matter,
    /// Which letter about it.
    pub letter: u32,
    /// Whom it did not reach, at most 320 bytes.
    pub recipient: String,
    /// When this was told.
    pub at: Timestamp,
    /// Why, as a status code like `5.1.1` (RFC 3463).
    pub status: String,
    /// Why, in the other server's words, at most 320 bytes; empty when it gave none.
    pub said: String,
}

/// Recipients of a letter whose bounces are kept; more are not.
pub const MAX_BOUNCES: usize = 20;
/// Bounces of all letters about one thing that are looked at.
const MAX_BOUNCES_EACH: usize = 2000;

settings::choice! {
    /// What became of a letter.
    pub enum LetterState {
        /// It is tried, or tried again.
        Waiting = "waiting",
        /// The relay has taken it.
        Sent = "sent",
        /// It is tried no more.
        GivenUp = "given_up",
        /// It did not reach everybody, another server says.
        Bounced = "bounced",
    }
}

/// A letter with what came back of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// The letter.
    pub letter: AlertJob,
    /// What came back, latest first.
    pub bounces: Vec<Bounce>,
}

impl Posted {
    /// What became of it.
    pub fn state(&self) -> LetterState {
        match (self.letter.sent, self.letter.given_up) {
            _ if !self.bounces.is_empty() => LetterState::Bounced,
            (Some(_), _) => LetterState::Sent,
            (None, Some(_)) => LetterState::GivenUp,
            (None, None) => LetterState::Waiting,
        }
    }

    /// Which other letter has told what this one would; `None` when it goes by itself.
    pub fn told_elsewhere(&self) -> Option<String> {
        let other = self.letter.instead.as_ref()?;
        let is_first = self.letter.thread().as_ref() == Some(other);
        Some(if is_first { format!("overtaken: {other} tells it too") } else { format!("told with others in {other}") })
    }

    /// What went wrong with it, in a line; empty when nothing did.
    pub fn why(&self) -> String {
        let told = self.bounces.iter().map(|bounce| format!("{}: {} {}", bounce.recipient, bounce.status, bounce.said));
        told.chain(self.letter.last_error.clone()).collect::<Vec<_>>().join("; ")
    }
}

/// Letters with what came back of them.
pub trait LetterStore: Store {
    /// Notes that a letter came back; one that is known stays as it was told first. False when there is no such letter, or
    /// [`MAX_BOUNCES`] are noted of it.
    fn note_bounce(&self, bounce: &Bounce) -> Result<bool, StoreError>;
    /// What came back, latest first: of the letters about one thing, or of all.
    fn bounces(&self, about: Option<&Matter>, limit: usize) -> Result<Vec<Bounce>, StoreError>;
    /// Letters, latest first; in one state, or all.
    fn letters(&self, state: Option<LetterState>, limit: usize) -> Result<Vec<AlertJob>, StoreError> {
        self.letters_after(&LetterPlace::top(), state, limit)
    }
    /// As [`Self::letters`], those behind that place.
    fn letters_after(
        &self,
        place: &LetterPlace,
        state: Option<LetterState>,
        limit: usize,
    ) -> Result<Vec<AlertJob>, StoreError>;
    /// Letters with what came back of each.
    fn posted(&self, letters: Vec<AlertJob>) -> Result<Vec<Posted>, StoreError> {
        let posted = |letter: AlertJob| {
            let mut bounces = self.bounces(Some(&letter.about), MAX_BOUNCES_EACH)?;
            bounces.retain(|bounce| bounce.letter == letter.number);
            Ok(Posted { letter, bounces })
        };
        letters.into_iter().map(posted).collect()
    }
}

/// A letter's place in the list: when there was something to tell, what it is about, which letter about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterPlace {
    /// When.
    pub created: Timestamp,
    /// About what.
    pub about: Matter,
    /// Which letter.
    pub number: u32,
}

impl LetterPlace {
    /// Before every letter.
    pub fn top() -> Self {
        Self { created: Timestamp(i64::MAX), about: Matter::Ticket(0), number: 0 }
    }

    /// That of a letter.
    pub fn of(letter: &AlertJob) -> Self {
        Self { created: letter.created, about: letter.about.clone(), number: letter.number }
    }

    /// Reads what [`fmt::Display`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '.');
        let created = Timestamp(parts.next()?.parse().ok()?);
        Some(Self { created, number: parts.next()?.parse().ok()?, about: Matter::parse(parts.next()?)? })
    }

    /// Whether a letter stands behind it.
    pub fn is_before(&self, letter: &AlertJob) -> bool {
        self.order() < Self::of(letter).order()
    }

    /// The latest comes first. What they are about goes by name, as on disk.
    pub fn order(&self) -> (Reverse<Timestamp>, String, Reverse<u32>) {
        (Reverse(self.created), self.about.to_string(), Reverse(self.number))
    }
}

impl fmt::Display for LetterPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.created.0, self.number, self.about)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_letter_is_about_has_one_name() {
        let block = Matter::Block(testkit::samples::reference("one"));
        for about in [block, Matter::Ticket(0), Matter::Ticket(u64::MAX)] {
            assert_eq!(Matter::parse(&about.to_string()), Some(about));
        }
        assert_eq!(Matter::parse("ticket-x"), None);
        assert_eq!(Matter::parse(""), None);
    }

    #[test]
    fn a_letter_that_another_one_told_says_which() {
        let first = AlertJob::opened(4711, "mx1.isp.example", Timestamp::from_secs(0));
        let later = first.follow_up(2, crate::store::LetterKind::Released, Timestamp::from_secs(9));
        let told = |instead: Option<&str>| {
            let letter = AlertJob { instead: instead.map(str::to_owned), ..later.clone() };
            Posted { letter, bounces: Vec::new() }.told_elsewhere().unwrap_or_default()
        };
        assert_eq!(told(None), "");
        assert_eq!(told(Some("<many-7@mx1.isp.example>")), "told with others in <many-7@mx1.isp.example>");
        assert_eq!(told(Some(&first.message_id)), "overtaken: <ticket-4711@mx1.isp.example> tells it too");
    }

    #[test]
    fn a_bounce_about_a_block_is_read_as_it_was_written_before_there_were_others() {
        let old = r#"{"block":"k3x9","letter":2,"recipient":"bob@shop.example","at":5,"status":"5.1.1","said":""}"#;
        let bounce: Bounce = serde_json::from_str(old).unwrap();
        assert_eq!((bounce.about.to_string(), bounce.letter), ("k3x9".into(), 2));
        assert_eq!(serde_json::to_string(&bounce).unwrap(), old);
    }
}
