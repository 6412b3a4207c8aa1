//! Signals and the score they add up to.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// A signal's name, in snake_case, the same in configuration, log, metric and alert.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SignalName(pub Cow<'static, str>);

impl SignalName {
    /// A name known when the program is built.
    pub const fn new(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One observation about a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// Which signal.
    pub signal: SignalName,
    /// What it adds; may be negative.
    pub points: i32,
    /// Why, as a sentence for a person, what was seen included.
    pub why: String,
}

/// The sum of the points, with every signal that gave some: a score explains itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Score {
    /// The sum.
    pub total: i32,
    /// The signals, most points first.
    pub hits: Vec<Hit>,
}

impl Score {
    /// Adds up the hits; ties keep their order.
    pub fn of(mut hits: Vec<Hit>) -> Self {
        hits.sort_by_key(|hit| std::cmp::Reverse(hit.points));
        let total = hits.iter().fold(0i32, |sum, hit| sum.saturating_add(hit.points));
        Self { total, hits }
    }
}
