//! What an event tells beside whom it is about, where that is no ticket: as it was then.

use model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::letters::Bounce;
use crate::lockout::Lockout;

/// What an event is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// A false-positive report.
    Report(ReportNote),
    /// An exemption.
    Exemption(ExemptionNote),
    /// A letter that came back.
    Letter(Bounce),
    /// A lock after failed logins.
    Lockout(LockoutNote),
}

/// A false-positive report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportNote {
    /// Its number.
    pub number: u64,
    /// Its state's word, afterwards.
    pub state: String,
    /// The message that is no spam.
    pub message_id: String,
    /// Who reported it, or decided.
    pub by: String,
    /// What whoever decided says; may be empty.
    pub reason: String,
    /// The exemptions that the decision made, by number.
    pub exemptions: Vec<u64>,
}

/// An exemption.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExemptionNote {
    /// Its number.
    pub number: u64,
    /// What costs nothing, in a line.
    pub what: String,
    /// Since when.
    pub since: Timestamp,
    /// Until when, or until when it was to last.
    pub until: Timestamp,
    /// Who made it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// The report that led to it.
    pub report: Option<u64>,
}

/// A lock after failed logins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockoutNote {
    /// The lock.
    #[serde(flatten)]
    pub lock: Lockout,
    /// Who lifted it before its time was over.
    pub lifted_by: Option<String>,
}
