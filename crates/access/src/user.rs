//! People who log in at the console, and their sessions.

use model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::principal::Grant;

/// Somebody with a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// His name, in lower case.
    pub name: String,
    /// What he may.
    pub grant: Grant,
    /// argon2id, as a PHC string; empty in lists.
    pub password: String,
    /// When he was entered.
    pub created: Timestamp,
    /// When he logged in last.
    pub last_login: Option<Timestamp>,
    /// Whether he may not log in until somebody lets him again.
    #[serde(default)]
    pub disabled: bool,
}

/// A session; its id is in the client's cookie, and here is the hash of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Whose.
    pub user: String,
    /// When he logged in.
    pub began: Timestamp,
    /// When he was seen last, to the minute.
    pub seen: Timestamp,
}
