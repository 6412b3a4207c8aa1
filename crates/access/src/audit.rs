//! What was done and looked at, and by whom.

use std::net::IpAddr;

use model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::action::Action;

/// One line of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Its number, ascending; 0 until it is written.
    #[serde(default)]
    pub id: u64,
    /// When.
    pub at: Timestamp,
    /// Who, and how he got in: "user ann", "key 3f9a…", "credential 4711", "link of block …", "control bob as root"; "nobody".
    pub who: String,
    /// As what: "operator", "auditor", "customer"; "none" of whoever was not let in.
    pub role: String,
    /// From where.
    pub client: Option<IpAddr>,
    /// What, one of [`Self::actions`].
    pub action: String,
    /// On what: "block …", "account …", "ticket …", "key …".
    pub on: String,
    /// What else is worth knowing; never a password or a token.
    pub detail: String,
}

impl AuditEntry {
    /// Somebody logged in to the console.
    pub const LOGIN: &'static str = "login";
    /// Somebody was not let in to console, APIs or pages of blocks.
    pub const LOGIN_FAILED: &'static str = "login.failed";

    /// What a line may be about.
    pub fn actions() -> impl Iterator<Item = &'static str> {
        Action::ALL.iter().map(|action| action.as_str()).chain([Self::LOGIN, Self::LOGIN_FAILED])
    }
}

/// Which lines are wanted, latest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuditQuery {
    /// Only older ones than this line.
    pub before: Option<u64>,
    /// Only of him.
    pub who: Option<String>,
    /// Only of this action.
    pub action: Option<String>,
    /// Only about this.
    pub on: Option<String>,
    /// At most so many, 1 to [`Self::MAX`]; 0 stands for 100.
    pub limit: usize,
}

impl AuditQuery {
    /// Lines of one answer.
    pub const MAX: usize = 10_000;

    /// How many are wanted.
    pub fn bound(&self) -> usize {
        if self.limit == 0 { 100 } else { self.limit.min(Self::MAX) }
    }

    /// Whether a line is wanted.
    pub fn wants(&self, entry: &AuditEntry) -> bool {
        let is = |wanted: &Option<String>, found: &str| wanted.as_deref().is_none_or(|wanted| wanted == found);
        self.before.is_none_or(|before| entry.id < before)
            && is(&self.who, &entry.who)
            && is(&self.action, &entry.action)
            && is(&self.on, &entry.on)
    }
}
