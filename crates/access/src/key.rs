//! Keys of the native API: bearer tokens.

use model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::principal::Grant;

/// What is kept of a key; the token itself is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    /// How it is named where it is listed and revoked: the beginning of its hash.
    pub id: String,
    /// What it is for, in the words of whoever made it.
    pub name: String,
    /// What it opens.
    pub grant: Grant,
    /// When it was made.
    pub created: Timestamp,
    /// When it is over by itself.
    pub expires: Option<Timestamp>,
    /// When it was used last, to the minute.
    pub last_use: Option<Timestamp>,
    /// When it was revoked.
    pub revoked: Option<Timestamp>,
}

impl ApiKey {
    /// Whether it opens anything now.
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.revoked.is_none() && self.expires.is_none_or(|end| now < end)
    }
}
