//! An exemption: for one subject and a limited time, something costs no points.
//!
//! Security: it never decides about a message, it takes away points that it names. Whatever else the message shows still
//! counts, and every message is counted and rated as before.

use std::collections::BTreeMap;
use std::time::Duration;

use limits::{ExemptionNote, Happening, HappeningKind, Note, Topic};
use model::{SubjectKey, Timestamp};
use serde::{Deserialize, Serialize};

/// What costs nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exempt {
    /// A signal, by its name; the operator's own rules are signals too.
    Signal(String),
    /// That the subject writes this From: an address, or "@" and a domain. Takes away what its sender's address costs, never
    /// what the content costs: whoever has stolen the login can write the same From.
    Sender(String),
    /// Copies of one message that link nowhere else and attach nothing else.
    Fingerprint {
        /// Its fingerprints, in hexadecimal.
        prints: String,
        /// What is taken away, by signal: at most these points each. What a copy shows beyond them counts.
        points: BTreeMap<String, i32>,
    },
}

impl Exempt {
    /// What it is, for a person.
    pub fn describe(&self) -> String {
        match self {
            Self::Signal(name) => format!("rule={name}"),
            Self::Sender(sender) => format!("sender={sender}"),
            Self::Fingerprint { points, .. } => {
                let names: Vec<_> = points.keys().map(String::as_str).collect();
                format!("fingerprint ({})", names.join(", "))
            }
        }
    }
}

/// One exemption.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exemption {
    /// Its number, from 1.
    pub id: u64,
    /// For whom: an account, an address, or a domain with all its accounts.
    pub subject: SubjectKey,
    /// Of what.
    pub what: Exempt,
    /// Since when.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// Who made it.
    pub by: String,
    /// Why, for the list.
    pub reason: String,
    /// The report that led to it.
    pub report: Option<u64>,
}

impl Exemption {
    /// How long one lasts when nothing else is said.
    pub const USUAL: Duration = Duration::from_secs(30 * 86_400);
    /// None lasts longer: who sends, and how, changes.
    pub const LONGEST: Duration = Duration::from_secs(180 * 86_400);
    /// One subject has no more in force.
    pub const MOST: usize = 20;

    /// Whether it holds at that time.
    pub fn holds(&self, at: Timestamp) -> bool {
        self.since <= at && at < self.until
    }

    /// It has just begun.
    pub fn has_begun(&self) -> Happening {
        self.happening(HappeningKind::ExemptionBegan, self.since)
    }

    /// An operator takes it back.
    pub fn has_been_removed(&self, at: Timestamp) -> Happening {
        self.happening(HappeningKind::ExemptionRemoved, at)
    }

    /// Its time is over.
    pub fn has_ended(&self) -> Happening {
        self.happening(HappeningKind::ExemptionEnded, self.until)
    }

    fn happening(&self, kind: HappeningKind, at: Timestamp) -> Happening {
        let note = ExemptionNote {
            number: self.id,
            what: self.what.describe(),
            since: self.since,
            until: self.until,
            by: self.by.clone(),
            reason: self.reason.clone(),
            report: self.report,
        };
        Happening::noted(kind, at, Topic::Subject(self.subject.clone()), Note::Exemption(note))
    }
}

/// A sender as an exemption names it: an address, or "@" and a domain; lower case. `None` for anything else.
pub fn sender(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    let (local, domain) = text.rsplit_once('@')?;
    let fits = model::DomainName::new(domain).is_some() && !local.contains(char::is_whitespace) && text.len() <= 320;
    fits.then_some(text)
}
