//! Where a block stands among those of its customer that end by themselves.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::time::spoken;

/// The customer's automatic releases when a block began that would have ended by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quota {
    /// The customer, by the name of his service.
    pub owner: String,
    /// How many blocks of his end by themselves.
    pub most: u32,
    /// Within how long.
    pub window: Duration,
    /// Whether others had used them all: then this block doesn't end by itself.
    pub used_up: bool,
}

impl Quota {
    /// "It does not end by itself: the automatic releases of this customer (20 within 30 days) are used up."
    pub fn sentence(&self) -> String {
        let (most, window) = (self.most, spoken(self.window));
        format!(
            "It does not end by itself: the automatic releases of this customer ({most} within {window}) are used up."
        )
    }
}
