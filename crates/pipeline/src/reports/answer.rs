//! Answers to mail that was meant as a report and is none: one letter to whoever owns what is blocked, never to an address in the
//! mail, which anybody may have written.

use std::time::Duration;

use customers::ticket::Ticket;
use limits::{AlertJob, LetterKind, Matter, ReportFlaw, StoreError, UnusableReport};
use model::names::bounded;
use model::{BlockRef, Timestamp};

use super::{ReportError, Reports};

/// A mail that says the same wrong thing so soon after another is not answered: a program may be writing.
const SOON: Duration = Duration::from_secs(3600);

/// Whether a mail was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// A letter says why it is not taken, now or since the mail came first.
    ByLetter,
    /// There is none: too many were written, or alerts were off when the block began.
    Not,
}

impl Reports {
    /// Writes to whoever owns what is blocked why his mail was not taken. Blocks the thread on the store.
    ///
    /// # Errors
    /// When the store fails.
    pub fn answer(&self, block: &BlockRef, mail: Option<&str>, why: &ReportError) -> Result<Answered, StoreError> {
        let Some(flaw) = why.flaw(self.max_size()) else { return Ok(Answered::Not) };
        let mail = bounded(mail.unwrap_or_default(), Ticket::MAX_MESSAGE_ID).to_owned();
        let (answer, now) = (UnusableReport { mail, flaw }, self.clock.now());
        let letters = self.store.letters_of(&Matter::Block(block.clone()))?;
        if letters.iter().any(|letter| has_answered(letter, &answer)) {
            return Ok(Answered::ByLetter);
        }
        if letters.iter().any(|letter| has_said_so_lately(letter, &answer, now)) {
            return Ok(Answered::Not);
        }
        let queued = self.store.queue_answer(block, LetterKind::ReportUnusable(answer), now)?;
        if queued {
            (self.wake)();
        }
        Ok(if queued { Answered::ByLetter } else { Answered::Not })
    }
}

/// A mail server that lost our answer sends the mail once more.
fn has_answered(letter: &AlertJob, answer: &UnusableReport) -> bool {
    matches!(&letter.kind, LetterKind::ReportUnusable(told) if !told.mail.is_empty() && told.mail == answer.mail)
}

fn has_said_so_lately(letter: &AlertJob, answer: &UnusableReport, now: Timestamp) -> bool {
    let same = matches!(&letter.kind, LetterKind::ReportUnusable(told) if told.flaw == answer.flaw);
    same && now.since(letter.created) < SOON
}

impl ReportError {
    /// What is wrong with the mail, as its letter tells; `None` when nothing is, or it is none of the sender's business.
    fn flaw(&self, most: usize) -> Option<ReportFlaw> {
        let names = |fields: &[&str]| fields.iter().map(ToString::to_string).collect();
        Some(match self {
            Self::NothingAttached | Self::Empty => ReportFlaw::NothingAttached,
            Self::SeveralAttached | Self::Mbox | Self::Wrapper => ReportFlaw::SeveralAttached,
            Self::TooLarge { .. } => ReportFlaw::TooLarge(most),
            Self::Missing(fields) => ReportFlaw::Incomplete(names(fields)),
            Self::Altered(fields) => ReportFlaw::Altered(names(fields)),
            Self::OtherSubject(_) | Self::NeverBlocked(..) | Self::Expired(..) | Self::NotAmong(_) => {
                ReportFlaw::NotAmong
            }
            Self::BelowSpam { score, spam, .. } => ReportFlaw::NotFlagged(*score, *spam),
            _ => return None,
        })
    }
}
