//! What an operator does with letters: look at them, have one sent at once, give one up, read one before anybody gets it.
//! Calls block the thread on the store.

use customers::Language;
use limits::{AlertJob, LetterPlace, LetterState, Matter, Posted, StoreError};

use super::OutboxHandle;
use crate::letter::Mail;
use crate::relay::send;
use crate::templates::{Notice, Words};

/// Why a letter is not sent or given up.
#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    /// There is no such letter.
    #[error("{0} has no letter {1}")]
    Unknown(String, u32),
    /// It is with its readers.
    #[error("letter {1} of {0} was sent already")]
    Sent(String, u32),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl OutboxHandle {
    /// Hands a mail on to the operators, as it is, at once; true when the relay has taken it for one of them, false where none is
    /// configured.
    ///
    /// # Errors
    /// When the relay takes it for none of them.
    pub async fn hand_on(&self, raw: &[u8]) -> Result<bool, String> {
        let post = self.attempts.post();
        if post.operators.is_empty() {
            return Ok(false);
        }
        let (from, to) = (post.from.clone(), post.operators.clone());
        let mail = Mail {
            from,
            to: to.clone(),
            raw: raw.to_vec(),
            subject: String::new(),
            text: String::new(),
            html: String::new(),
            mistake: None,
        };
        let delivery = send(&mail, &to, &post).await.map_err(|error| error.to_string())?;
        let answers = delivery.refused.iter().chain(&delivery.deferred).map(|(to, answer)| format!("{to}: {answer}"));
        if delivery.accepted.is_empty() { Err(answers.collect::<Vec<_>>().join("; ")) } else { Ok(true) }
    }

    /// Letters behind that place, latest first; in one state, or all. At most `limit`.
    ///
    /// # Errors
    /// When the store fails.
    pub fn letters(
        &self,
        after: &LetterPlace,
        state: Option<LetterState>,
        limit: usize,
    ) -> Result<Vec<Posted>, StoreError> {
        let store = self.attempts.store();
        store.posted(store.letters_after(after, state, limit)?)
    }

    /// One letter, and what became of it.
    ///
    /// # Errors
    /// When there is no such letter, or the store fails.
    pub fn letter(&self, about: &Matter, number: u32) -> Result<Posted, LetterError> {
        let letter = self.stored(about, number)?;
        let posted = self.attempts.store().posted(vec![letter])?.pop();
        posted.ok_or_else(|| LetterError::Unknown(about.said(), number))
    }

    /// Tries a letter that was not sent yet at once; one that was given up, once more.
    ///
    /// # Errors
    /// When there is no such letter, it was sent, or the store fails.
    pub fn send_now(&self, about: &Matter, number: u32) -> Result<AlertJob, LetterError> {
        let letter = self.unsent(about, number)?;
        self.written(AlertJob { due: self.attempts.now(), given_up: None, ..letter })
    }

    /// Gives a letter up that was not sent yet. One that is being handed over at this moment may arrive all the same.
    ///
    /// # Errors
    /// When there is no such letter, it was sent, or the store fails.
    pub fn give_up(&self, about: &Matter, number: u32) -> Result<AlertJob, LetterError> {
        let letter = self.unsent(about, number)?;
        let given_up = letter.given_up.or(Some(self.attempts.now()));
        let last_error = letter.last_error.clone().or_else(|| Some("given up by an operator".to_owned()));
        self.written(AlertJob { given_up, last_error, ..letter })
    }

    /// A letter about a block that never was, by the templates in force.
    ///
    /// # Errors
    /// When a template does what it must not: the sentence is the operator's.
    pub fn preview(&self, notice: Notice, language: Language) -> Result<Words, String> {
        self.attempts.post().preview(notice, language)
    }

    fn unsent(&self, about: &Matter, number: u32) -> Result<AlertJob, LetterError> {
        let letter = self.stored(about, number)?;
        if letter.sent.is_some() { Err(LetterError::Sent(about.said(), number)) } else { Ok(letter) }
    }

    fn stored(&self, about: &Matter, number: u32) -> Result<AlertJob, LetterError> {
        let letters = self.attempts.store().letters_of(about)?;
        let letter = letters.into_iter().find(|letter| letter.number == number);
        letter.ok_or_else(|| LetterError::Unknown(about.said(), number))
    }

    fn written(&self, letter: AlertJob) -> Result<AlertJob, LetterError> {
        self.attempts.store().update_alert(&letter)?;
        self.wake();
        Ok(letter)
    }
}
