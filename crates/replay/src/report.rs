//! What a rehearsal found.

use model::{Block, SubjectKey, Timestamp};
use serde::{Serialize, Serializer};

use crate::tally::Tally;

/// A rehearsal in figures.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// When the first message was sent.
    #[serde(serialize_with = "shown")]
    pub from: Option<Timestamp>,
    /// When the last one was.
    #[serde(serialize_with = "shown")]
    pub to: Option<Timestamp>,
    /// All messages.
    pub all: Tally,
    /// Who would have been blocked, in order.
    pub blocks: Vec<BlockLine>,
    /// Who would have been slowed down by a rate limit without being blocked, most deferrals first.
    pub slowed: Vec<Slowed>,
    /// What report rules would have told the operator, as sentences; at most [`Report::MAX_REPORTS`].
    pub reports: Vec<String>,
    /// A part that failed, with what went wrong: then the figures are not to be trusted.
    pub failed: Option<String>,
}

impl Report {
    /// More reports than this are counted nowhere.
    pub const MAX_REPORTS: usize = 1000;
}

/// One block that would have begun.
#[derive(Debug, Clone, Serialize)]
pub struct BlockLine {
    /// The block; its reference is made up.
    #[serde(skip)]
    pub block: Block,
    /// Whom it stops.
    pub subject: String,
    /// The rule.
    pub rule: String,
    /// Why, as a sentence.
    pub why: String,
    /// When it begins.
    #[serde(serialize_with = "shown_at")]
    pub since: Timestamp,
    /// When it ends; `None` when it never did.
    #[serde(serialize_with = "shown")]
    pub ended: Option<Timestamp>,
    /// Which strike it is.
    pub strike: u32,
    /// What the sender had done before, the message that tripped the rule left out.
    pub before: Tally,
    /// Messages refused because of it.
    pub refused_since: u64,
}

/// A sender whom rate limits would have slowed down.
#[derive(Debug, Clone, Serialize)]
pub struct Slowed {
    /// Who.
    #[serde(serialize_with = "named")]
    pub subject: SubjectKey,
    /// What became of his messages.
    pub tally: Tally,
}

pub(crate) fn named<S: Serializer>(subject: &SubjectKey, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(subject)
}

fn shown<S: Serializer>(time: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => shown_at(time, serializer),
        None => serializer.serialize_none(),
    }
}

pub(crate) fn shown_at<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(time)
}
