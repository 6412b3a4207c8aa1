//! What was seen before, as it is written down: named records whose content only their maker reads.

use crate::time::Timestamp;

settings::choice! {
    /// What a record is of.
    pub enum Shelf {
        /// A page of recent fingerprints; a snapshot.
        Fingerprints = "fingerprints",
        /// One sender's habits; a snapshot.
        Habits = "habits",
        /// One confirmed message; written at once, kept until a person forgets it.
        Confirmed = "confirmed",
        /// A block that the enforcement command was told of, and not yet of its release.
        Enforced = "enforced",
    }
}

impl Shelf {
    /// Whether a record is the only one of what it says, and no snapshot that the next replaces.
    pub const fn must_survive(self) -> bool {
        matches!(self, Self::Confirmed | Self::Enforced)
    }
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// What it is of.
    pub shelf: Shelf,
    /// Its name there; a later record of the name replaces it.
    pub name: String,
    /// When what it tells of was last seen.
    pub at: Timestamp,
    /// What it says.
    pub record: Vec<u8>,
}
