//! What became of letters: those that came back, and the seam that keeps them.

use std::cmp::Reverse;
use std::fmt;

use model::{BlockRef, Timestamp};
use serde::{Deserialize, Serialize};

use crate::store::{AlertJob, Store, StoreError};

/// A letter that did not reach a recipient, as the mail system there reports it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounce {
    /// The block that the letter tells of.
    pub block: BlockRef,
    /// Which letter about this block.
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

/// Letters with what came back of them.
pub trait LetterStore: Store {
    /// Notes that a letter came back; one that is known stays as it was told first. False when there is no such letter, or
    /// [`MAX_BOUNCES`] are noted of it.
    fn note_bounce(&self, bounce: &Bounce) -> Result<bool, StoreError>;
    /// What came back, latest first: of the letters of one block, or of all.
    fn bounces(&self, block: Option<&BlockRef>, limit: usize) -> Result<Vec<Bounce>, StoreError>;
    /// Letters, latest first.
    fn letters(&self, limit: usize) -> Result<Vec<AlertJob>, StoreError>;
    /// As [`Self::letters`], those behind that place.
    fn letters_after(&self, place: &LetterPlace, limit: usize) -> Result<Vec<AlertJob>, StoreError>;
}

/// A letter's place in the list: when there was something to tell, the block, which letter about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterPlace {
    /// When.
    pub created: Timestamp,
    /// The block.
    pub block: BlockRef,
    /// Which letter.
    pub number: u32,
}

impl LetterPlace {
    /// That of a letter.
    pub fn of(letter: &AlertJob) -> Self {
        Self { created: letter.created, block: letter.block.clone(), number: letter.number }
    }

    /// Reads what [`fmt::Display`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '.');
        let created = Timestamp(parts.next()?.parse().ok()?);
        Some(Self { created, number: parts.next()?.parse().ok()?, block: BlockRef::new(parts.next()?)? })
    }

    /// Whether a letter stands behind it, where the latest comes first.
    pub fn is_before(&self, letter: &AlertJob) -> bool {
        let place = |created, block, number| (Reverse(created), block, Reverse(number));
        place(self.created, &self.block, self.number) < place(letter.created, &letter.block, letter.number)
    }
}

impl fmt::Display for LetterPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.created.0, self.number, self.block)
    }
}
