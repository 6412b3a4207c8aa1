//! The operator's word on messages: confirmed spam or ham, remembered by fingerprint. Durable when a call returns.

use std::sync::Arc;

use limits::StoreError;
use model::circumstances::Confirmation;
use model::{Clock, Shelf};
use recall::{ConfirmRefused, ConfirmedPrint, Prints, Recall};

use crate::journal::Journal;

/// Confirms, lists, forgets.
pub struct Fingerprints {
    recall: Arc<Recall>,
    journal: Arc<dyn Journal>,
    clock: Arc<dyn Clock>,
}

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum FingerprintError {
    /// Nothing to remember, or too much.
    #[error(transparent)]
    Refused(#[from] ConfirmRefused),
    /// There is none of that name.
    #[error("no confirmed message has the name {0}")]
    Unknown(String),
    /// It is in force, but not on disk yet; the store is tried again.
    #[error("it is in force, but not on disk yet: {0}")]
    Store(#[from] StoreError),
}

impl Fingerprints {
    /// Over the running memory and its journal.
    pub fn new(recall: Arc<Recall>, journal: Arc<dyn Journal>, clock: Arc<dyn Clock>) -> Self {
        Self { recall, journal, clock }
    }

    /// Remembers a message as spam or ham; what was said of the same message before is replaced.
    pub async fn confirm(
        &self,
        prints: Prints,
        word: Confirmation,
        by: &str,
    ) -> Result<ConfirmedPrint, FingerprintError> {
        let confirmed = self.recall.confirm(prints, word, by, self.clock.now())?;
        self.journal.keep(confirmed.kept()).await?;
        Ok(confirmed)
    }

    /// What was confirmed, latest first.
    pub fn all(&self) -> Vec<ConfirmedPrint> {
        self.recall.confirmed()
    }

    /// Takes a word back.
    pub async fn forget(&self, id: &str) -> Result<ConfirmedPrint, FingerprintError> {
        let forgotten = self.recall.forget(id).ok_or_else(|| FingerprintError::Unknown(id.into()))?;
        self.journal.forget(Shelf::Confirmed, forgotten.id.clone()).await?;
        Ok(forgotten)
    }
}
