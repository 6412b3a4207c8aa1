//! Whether a block's owner had still to be found when it began.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// A block began before whoever knows its owner had said who that is, or that there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Adoption {
    /// Nothing is known yet: it is asked again.
    Awaited,
    /// It is settled since then: an owner was found, there is none, or nobody has said so within the block's length.
    Settled(Timestamp),
}
