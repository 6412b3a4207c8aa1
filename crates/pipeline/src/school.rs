//! What can be learned of a message that a person hands in. The message itself is kept nowhere.

use std::sync::Arc;

use model::circumstances::Confirmation;
use model::{Clock, Envelope, Message, Score, Session, Submission, Via};
use recall::Prints;
use scoring::classifier::Correction;

use crate::lessons::Lessons;
use crate::seam::{Appraisal, Judges};

/// Looks at messages as the judge in force does.
pub struct School {
    judges: Arc<Judges>,
    lessons: Arc<Lessons>,
    clock: Arc<dyn Clock>,
}

/// A message that was looked at.
pub struct Seen(Appraisal);

/// The message can't be looked at because of a defect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the message can't be looked at because of a defect; please report it")]
pub struct Unseen;

impl School {
    /// Over the judges and what they have learned.
    pub fn new(judges: Arc<Judges>, lessons: Arc<Lessons>, clock: Arc<dyn Clock>) -> Self {
        Self { judges, lessons, clock }
    }

    /// Looks at a message. Takes as long as scoring does.
    ///
    /// # Errors
    /// When a scorer fails.
    pub fn look(&self, message: &[u8]) -> Result<Seen, Unseen> {
        let judge = self.judges.current();
        let session = Arc::new(Session::new(Via::Command));
        let message = Message::bounded(message, judge.analysed_bytes());
        let submission = Submission { session, envelope: Envelope::default(), message };
        judge.appraise(&submission, self.clock.now()).map(Seen).ok_or(Unseen)
    }

    /// What was learned so far.
    pub fn lessons(&self) -> &Lessons {
        &self.lessons
    }
}

impl Seen {
    /// What the message costs by its bytes alone, and from which score on one is spam.
    pub fn score(self) -> (Score, i32) {
        (self.0.score, self.0.spam)
    }

    /// The message's fingerprints; none, when it is too short.
    pub fn prints(&self) -> Prints {
        Prints::of(&self.0.features)
    }

    /// What the classifier learns when a person calls the message that.
    pub fn correction(&self, word: Confirmation) -> Correction {
        Correction { is_spam: word == Confirmation::Spam, ..self.0.correction.clone() }
    }
}
