//! One change: what, of what, whose. Everything else is asked for by whoever may see it.

use customers::ticket::Whom;
use limits::{Happening, Note};
use model::{BlockRef, Timestamp};

settings::choice! {
    /// What something is about: it decides who may hear of it.
    pub enum Topic {
        /// A block.
        Block = "block",
        /// A ticket.
        Ticket = "ticket",
        /// A false-positive report.
        Report = "report",
        /// A diagnosis.
        Diagnosis = "diagnosis",
        /// A lock after failed logins.
        Lockout = "lockout",
        /// Something that costs a subject no points for a while.
        Exemption = "exemption",
        /// A letter of ours.
        Letter = "letter",
    }
}

/// Something that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// When.
    pub at: Timestamp,
    /// What it is about.
    pub topic: Topic,
    /// What happened, such as "block.blocked": but for diagnoses the word of [`limits::HappeningKind`].
    pub kind: &'static str,
    /// Whom it is about.
    pub whom: Whom,
    /// The block that it belongs to.
    pub block: Option<BlockRef>,
    /// The number of the ticket, report, exemption or diagnosis.
    pub number: Option<u64>,
    /// Where that stands now, in its own word.
    pub state: String,
}

impl From<Happening> for Change {
    fn from(happening: Happening) -> Self {
        let Happening { kind, at, topic: about, ticket, note, .. } = happening;
        let block = about.block().map(|block| (block.reference.clone(), block.state.as_str()));
        let (topic, number, state) = match (ticket, note) {
            (Some(ticket), _) => (Topic::Ticket, Some(ticket.number), ticket.state),
            (None, Some(note)) => noted(note, kind.as_str()),
            (None, None) => (Topic::Block, None, block.as_ref().map_or("", |(_, state)| state).to_owned()),
        };
        Self { at, topic, kind: kind.as_str(), whom: about.into(), block: block.map(|(it, _)| it), number, state }
    }
}

/// What is neither a block nor a ticket; where it has no state of its own, what became of it is the state.
fn noted(note: Note, kind: &str) -> (Topic, Option<u64>, String) {
    let became = kind.rsplit('.').next().unwrap_or(kind).to_owned();
    match note {
        Note::Report(report) => (Topic::Report, Some(report.number), report.state),
        Note::Exemption(exemption) => (Topic::Exemption, Some(exemption.number), became),
        Note::Letter(_) => (Topic::Letter, None, became),
        Note::Lockout(_) => (Topic::Lockout, None, became),
    }
}
