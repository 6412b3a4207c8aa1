//! What is searched for. An empty filter fits everything.

use std::net::IpAddr;

use model::{Block, BlockRef, BlockState, Evidence, MessageId, SubjectKey, SubjectKind, Timestamp};

use super::holdings::Holdings;

/// A subject's name, all of it or its beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// This subject.
    Exactly(SubjectKey),
    /// Subjects whose names begin so.
    Beginning(String),
}

/// Which blocks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BlockFilter {
    /// In this state.
    pub state: Option<BlockState>,
    /// Of this kind of subject.
    pub kind: Option<SubjectKind>,
    /// Of these subjects.
    pub subject: Option<Wanted>,
    /// Of subjects among these.
    pub within: Option<Holdings>,
    /// Begun then or later.
    pub since: Option<Timestamp>,
    /// Begun before.
    pub until: Option<Timestamp>,
    /// Tripped by this rule.
    pub rule: Option<String>,
    /// At this step of the ladder or a higher one.
    pub strike: Option<u32>,
}

impl BlockFilter {
    /// Whether the block fits.
    pub fn fits(&self, block: &Block) -> bool {
        self.state.is_none_or(|state| block.state == state)
            && self.kind.is_none_or(|kind| block.subject.kind() == kind)
            && self.subject.as_ref().is_none_or(|wanted| wanted.fits(&block.subject))
            && self.within.as_ref().is_none_or(|within| within.holds(&block.subject))
            && self.since.is_none_or(|since| block.since >= since)
            && self.until.is_none_or(|until| block.since < until)
            && self.rule.as_ref().is_none_or(|rule| block.reason.rule == *rule)
            && self.strike.is_none_or(|strike| block.strike >= strike)
    }
}

impl Wanted {
    fn fits(&self, subject: &SubjectKey) -> bool {
        match self {
            Self::Exactly(wanted) => subject == wanted,
            Self::Beginning(text) => subject.name().starts_with(text.as_str()),
        }
    }
}

/// Which flagged messages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EvidenceFilter {
    /// Of this block.
    pub block: Option<BlockRef>,
    /// Of blocks of this subject.
    pub subject: Option<SubjectKey>,
    /// Of blocks of subjects among these.
    pub within: Option<Holdings>,
    /// Judged then or later.
    pub since: Option<Timestamp>,
    /// Judged before.
    pub until: Option<Timestamp>,
    /// With this Message-ID.
    pub message_id: Option<MessageId>,
    /// That were going to this address.
    pub destination: Option<IpAddr>,
    /// With this score or a higher one.
    pub score: Option<i32>,
}

impl EvidenceFilter {
    /// Whether the message of that block fits.
    pub fn fits(&self, block: &Block, evidence: &Evidence) -> bool {
        self.block.as_ref().is_none_or(|reference| block.reference == *reference)
            && self.subject.as_ref().is_none_or(|subject| block.subject == *subject)
            && self.within.as_ref().is_none_or(|within| within.holds(&block.subject))
            && self.since.is_none_or(|since| evidence.at >= since)
            && self.until.is_none_or(|until| evidence.at < until)
            && self.message_id.as_ref().is_none_or(|id| evidence.message_id.as_ref() == Some(id))
            && self.destination.is_none_or(|address| evidence.destination_ip == Some(address))
            && self.score.is_none_or(|score| evidence.score >= score)
    }
}
