//! A false-positive report: a customer says of a flagged message that it was none, and an operator decides.
//!
//! `open -> confirmed | declined | dropped`. A report belongs to one block and one message of its evidence, and is forgotten
//! with the block. What a decision entails beyond the store ([`Errand`]) is written with the decision and struck out when it
//! is done, so that a crash in between leaves work to be continued and not half a decision.

mod happened;
mod practice;
mod settings;
mod store;

use limits::LetterKind;
use model::{BlockRef, MessageId, Score, SubjectKey, Timestamp};
use serde::{Deserialize, Serialize};

pub use practice::{PRACTICES, Practice, practice};
pub use settings::ReportSettings;
pub use store::{Filed, ReportStep, ReportStore, Taken};

/// Where a report stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", content = "decision", rename_all = "snake_case")]
pub enum ReportState {
    /// An operator decides.
    Open,
    /// The message was no spam.
    Confirmed(Word),
    /// It was, or the operator says so for this reason.
    Declined(Word),
    /// It was put away without an answer.
    Dropped(Word),
}

/// Who decided, when, and what he said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    /// When.
    pub at: Timestamp,
    /// Who, for the list and the log.
    pub by: String,
    /// What the customer is told; may be empty.
    pub reason: String,
}

impl ReportState {
    /// Every word that [`Self::as_str`] knows.
    pub const WORDS: [&'static str; 4] = ["open", "confirmed", "declined", "dropped"];

    /// The state's word.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Confirmed(_) => "confirmed",
            Self::Declined(_) => "declined",
            Self::Dropped(_) => "dropped",
        }
    }

    /// What was decided, when it was.
    pub fn word(&self) -> Option<&Word> {
        match self {
            Self::Open => None,
            Self::Confirmed(word) | Self::Declined(word) | Self::Dropped(word) => Some(word),
        }
    }
}

/// What follows from a decision outside of the report's own record. Each may be done again without harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Errand {
    /// Teach the classifier's layer of corrections.
    Learn,
    /// Confirm the message's fingerprint as ham.
    Fingerprint,
    /// Release the block.
    Release,
}

/// How the message keeps to one practice of good senders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The practice.
    pub practice: String,
    /// Whether it is kept to.
    pub good: bool,
    /// What is good, or what to change, for the customer.
    pub sentence: String,
}

/// One report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Its number, from 1; never used again.
    pub id: u64,
    /// The block whose evidence names the message.
    pub block: BlockRef,
    /// Whom the block stops.
    pub subject: SubjectKey,
    /// The message.
    pub message_id: MessageId,
    /// Its author's address in From, lower case; empty when there is none.
    pub from: String,
    /// When it was flagged.
    pub flagged: Timestamp,
    /// When it was reported.
    pub reported: Timestamp,
    /// Who reported it: "operator", or "customer" by mail.
    pub by: String,
    /// The signals that flagged it.
    pub then: Score,
    /// Its score under the rules of the day of the report, as far as bytes alone tell.
    pub now: Score,
    /// The spam score of that day.
    pub spam: i32,
    /// Measured against the practices of good senders.
    pub findings: Vec<Finding>,
    /// What whoever decides should know, such as what could not be checked.
    pub remarks: Vec<String>,
    /// Where it stands.
    #[serde(flatten)]
    pub state: ReportState,
    /// What is still to be done of the decision.
    #[serde(default)]
    pub due: Vec<Errand>,
    /// The exemptions that the decision made, by number.
    #[serde(default)]
    pub exemptions: Vec<u64>,
}

/// Why a step was not taken. The sentence is for whoever asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReportRefused {
    /// It was decided before.
    #[error("report {id} is {state} already")]
    Over {
        /// The report.
        id: u64,
        /// Its state's word.
        state: &'static str,
    },
    /// To decline needs a reason.
    #[error("to decline a report needs a reason that the customer can act on")]
    NoReason,
}

impl Report {
    /// A longer reason is cut, in bytes.
    pub const MAX_REASON: usize = 4096;

    /// Whether it waits for a decision.
    ///
    /// # Errors
    /// When it was decided: with its state's word.
    pub fn is_open(&self) -> Result<(), ReportRefused> {
        match &self.state {
            ReportState::Open => Ok(()),
            state => Err(ReportRefused::Over { id: self.id, state: state.as_str() }),
        }
    }

    /// An operator says that it was no spam; `due` is what follows.
    ///
    /// # Errors
    /// When it was decided before.
    pub fn confirm(&mut self, word: Word, due: &[Errand]) -> Result<(), ReportRefused> {
        self.is_open()?;
        self.due = due.to_vec();
        self.state = ReportState::Confirmed(bounded(word));
        Ok(())
    }

    /// An operator says that it was spam; what is returned is written to the customer.
    ///
    /// # Errors
    /// When it was decided before, or there is no reason.
    pub fn decline(&mut self, word: Word) -> Result<LetterKind, ReportRefused> {
        self.is_open()?;
        let word = bounded(word);
        if word.reason.is_empty() {
            return Err(ReportRefused::NoReason);
        }
        let letter = self.letter(word.reason.clone());
        self.state = ReportState::Declined(word);
        Ok(LetterKind::ReportDeclined(letter))
    }

    /// An operator puts it away; nobody is told.
    ///
    /// # Errors
    /// When it was decided before.
    pub fn put_away(&mut self, word: Word) -> Result<(), ReportRefused> {
        self.is_open()?;
        self.state = ReportState::Dropped(bounded(word));
        Ok(())
    }

    /// An errand is done; with the last one of a confirmed report the customer is told.
    pub fn done(&mut self, errand: Errand) -> Option<LetterKind> {
        let waited = !self.due.is_empty();
        self.due.retain(|due| *due != errand);
        let ReportState::Confirmed(word) = &self.state else { return None };
        (waited && self.due.is_empty()).then(|| LetterKind::ReportConfirmed(self.letter(word.reason.clone())))
    }

    /// What a letter about it tells.
    pub fn letter(&self, said: String) -> limits::ReportLetter {
        let change = self.findings.iter().filter(|finding| !finding.good).map(|finding| finding.practice.clone());
        limits::ReportLetter {
            number: self.id,
            message_id: self.message_id.to_string(),
            said,
            change: change.collect(),
        }
    }
}

fn bounded(word: Word) -> Word {
    let reason = model::names::bounded(word.reason.trim(), Report::MAX_REASON).to_owned();
    Word { reason, ..word }
}
