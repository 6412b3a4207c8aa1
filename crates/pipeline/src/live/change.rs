//! One change: what, of what, whose. Everything else is asked for by whoever may see it.

use customers::report::Report;
use customers::ticket::Whom;
use limits::Happening;
use model::{BlockRef, SubjectKey, Timestamp};

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
    }
}

/// Something that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// When.
    pub at: Timestamp,
    /// What it is about.
    pub topic: Topic,
    /// What happened, such as "block.blocked": for blocks and tickets the word of [`limits::HappeningKind`].
    pub kind: &'static str,
    /// Whom it is about.
    pub whom: Whom,
    /// The block that it belongs to.
    pub block: Option<BlockRef>,
    /// The number of the ticket, report or diagnosis.
    pub number: Option<u64>,
    /// Where that stands now, in its own word.
    pub state: String,
}

impl From<Happening> for Change {
    fn from(happening: Happening) -> Self {
        let Happening { kind, at, topic: about, ticket, .. } = happening;
        let topic = if ticket.is_some() { Topic::Ticket } else { Topic::Block };
        let number = ticket.as_ref().map(|ticket| ticket.number);
        let standing = || about.block().map(|block| block.state.as_str().to_owned()).unwrap_or_default();
        let state = ticket.map_or_else(standing, |ticket| ticket.state);
        let block = about.block().map(|block| block.reference.clone());
        Self { at, topic, kind: kind.as_str(), whom: about.into(), block, number, state }
    }
}

impl Change {
    /// A lock after failed logins began, ended or was lifted.
    pub(super) fn of_lockout(subject: &SubjectKey, state: &str, at: Timestamp) -> Self {
        let kind = match state {
            "began" => "lockout.began",
            "lifted" => "lockout.lifted",
            _ => "lockout.ended",
        };
        let (whom, state) = (Whom::Subject(subject.clone()), state.to_owned());
        Self { at, topic: Topic::Lockout, kind, whom, block: None, number: None, state }
    }

    /// A report was made, or decided.
    pub(crate) fn of_report(report: &Report) -> Self {
        let word = report.state.word();
        let state = report.state.as_str();
        let kind = match state {
            "open" => "report.made",
            "confirmed" => "report.confirmed",
            "declined" => "report.declined",
            _ => "report.dropped",
        };
        Self {
            at: word.map_or(report.reported, |word| word.at),
            topic: Topic::Report,
            kind,
            whom: Whom::Subject(report.subject.clone()),
            block: Some(report.block.clone()),
            number: Some(report.id),
            state: state.to_owned(),
        }
    }
}
