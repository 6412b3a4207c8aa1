//! What a simulation found.

use std::collections::BTreeMap;
use std::time::Duration;

use model::{Hit, Timestamp};

/// A stolen account.
#[derive(Debug, Clone, Default)]
pub(crate) struct Theft {
    /// Messages of the thief that left before the first block, or in all when there was none.
    pub(crate) leaked: u64,
    /// Messages of the thief that left in his day, after blocks that had ended included.
    pub(crate) in_all: u64,
    /// Messages of the thief that were refused or deferred.
    pub(crate) stopped: u64,
    /// When he began.
    pub(crate) began: Timestamp,
    /// When the account was blocked.
    pub(crate) blocked: Option<Timestamp>,
    /// Which of the texts he sends.
    pub(crate) text: usize,
    /// The rule that blocked it.
    pub(crate) rule: Option<String>,
    /// The mean score of what he sent, as far as it was scored.
    pub(crate) score: (i64, i64),
    /// What the latest score was made of.
    pub(crate) hits: Vec<Hit>,
}

/// An ordinary account that was blocked.
#[derive(Debug, Clone)]
pub(crate) struct Harm {
    pub(crate) kind: &'static str,
    pub(crate) why: String,
    pub(crate) since: Timestamp,
    /// The highest score before, and what it was made of.
    pub(crate) worst: (i32, Vec<Hit>),
}

/// Hits in one line.
pub(crate) fn in_words(hits: &[Hit]) -> String {
    hits.iter().map(|hit| format!("{} {}", hit.signal.as_str(), hit.points)).collect::<Vec<_>>().join(", ")
}

impl Theft {
    /// From the first message of the thief to the block.
    pub(crate) fn took(&self) -> Option<Duration> {
        Some(self.blocked?.since(self.began))
    }
}

/// Ordinary senders of one kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Ordinaries {
    pub(crate) accounts: u64,
    pub(crate) messages: u64,
    /// Messages that had to come back at least once.
    pub(crate) delayed: u64,
    /// Messages that were refused.
    pub(crate) refused: u64,
    /// Accounts that were blocked.
    pub(crate) blocked: u64,
    /// The highest score of a message, and what it was made of.
    pub(crate) worst: (i32, Vec<Hit>),
    /// Why the first one was.
    pub(crate) why: Option<String>,
}

impl Ordinaries {
    fn add(&mut self, other: &Self) {
        self.accounts += other.accounts;
        self.messages += other.messages;
        self.delayed += other.delayed;
        self.refused += other.refused;
        self.blocked += other.blocked;
    }
}

/// Everything.
#[derive(Debug, Clone, Default)]
pub(crate) struct Figures {
    pub(crate) days: u64,
    pub(crate) thefts: BTreeMap<&'static str, Vec<Theft>>,
    pub(crate) ordinary: BTreeMap<&'static str, Ordinaries>,
    pub(crate) harms: Vec<Harm>,
}

impl Figures {
    /// Ordinary senders of all kinds. Of newsletters that nobody has announced only the blocks count: to slow them down is
    /// what rate limits are for.
    pub(crate) fn all_ordinary(&self) -> Ordinaries {
        let mut all = Ordinaries::default();
        for (kind, found) in &self.ordinary {
            match *kind {
                "unannounced" => all.blocked += found.blocked,
                _ => all.add(found),
            }
        }
        all
    }
}

/// The value below which that share (in percent) of the sorted values lies.
pub(crate) fn quantile(values: impl Iterator<Item = u64>, percent: usize) -> u64 {
    let mut values: Vec<_> = values.collect();
    values.sort_unstable();
    let last = values.len().saturating_sub(1);
    values.get((last * percent).div_ceil(100)).copied().unwrap_or(0)
}
