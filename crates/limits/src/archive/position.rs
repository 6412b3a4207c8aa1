//! Where a page ended: opaque text for clients, a place in the order for us.

use std::fmt;

use model::{Block, BlockRef, Timestamp};

/// A block's place: its beginning, then its reference.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct BlockPosition {
    /// When it began.
    pub since: Timestamp,
    /// Its reference.
    pub reference: BlockRef,
}

impl BlockPosition {
    /// The place of a block.
    pub fn of(block: &Block) -> Self {
        Self { since: block.since, reference: block.reference.clone() }
    }

    /// Reads what [`fmt::Display`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        let (since, reference) = text.split_once('.')?;
        Some(Self { since: Timestamp(since.parse().ok()?), reference: BlockRef::new(reference)? })
    }
}

impl fmt::Display for BlockPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.since.0, self.reference)
    }
}

/// A flagged message's place: its time, then its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EvidencePosition {
    /// When it was judged.
    pub at: Timestamp,
    /// Its number.
    pub id: u64,
}

impl EvidencePosition {
    /// Reads what [`fmt::Display`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        let (at, id) = text.split_once('.')?;
        Some(Self { at: Timestamp(at.parse().ok()?), id: id.parse().ok()? })
    }
}

impl fmt::Display for EvidencePosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.at.0, self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn positions_are_read_as_they_were_written(time in any::<i64>(), id in any::<u64>(), name in "[A-Za-z0-9]{1,32}") {
            let block = BlockPosition { since: Timestamp(time), reference: BlockRef::new(&name).unwrap() };
            prop_assert_eq!(BlockPosition::parse(&block.to_string()), Some(block));
            let evidence = EvidencePosition { at: Timestamp(time), id };
            prop_assert_eq!(EvidencePosition::parse(&evidence.to_string()), Some(evidence));
        }

        #[test]
        fn no_text_makes_reading_fail_otherwise(text in "\\PC*") {
            let _ = (BlockPosition::parse(&text), EvidencePosition::parse(&text));
        }
    }
}
