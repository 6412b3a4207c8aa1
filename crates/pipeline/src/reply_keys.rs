//! The keys of reply addresses while the daemon runs: a new one on an operator's word.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use customers::ticket::{KeyError, KeyFile, ReplyTokens};
use model::Timestamp;

/// The file of the keys, and those in force.
pub struct ReplyKeys {
    /// One rotation at a time.
    file: Mutex<KeyFile>,
    tokens: Arc<ReplyTokens>,
    overlap: Duration,
}

impl ReplyKeys {
    /// Of that file, as they were read into these tokens; a replaced key is believed for `overlap` more.
    pub fn new(file: KeyFile, tokens: Arc<ReplyTokens>, overlap: Duration) -> Self {
        Self { file: Mutex::new(file), tokens, overlap }
    }

    /// What signs and checks with them.
    pub fn tokens(&self) -> Arc<ReplyTokens> {
        Arc::clone(&self.tokens)
    }

    /// Letters are signed with a new key from now on; returns until when the earlier addresses are taken. Blocks the thread on
    /// the disk.
    ///
    /// # Errors
    /// When the file can't be written; then everything stays as it was.
    pub fn rotate(&self, now: Timestamp) -> Result<Timestamp, KeyError> {
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        self.tokens.replace(file.rotate(now, self.overlap)?);
        Ok(now.after(self.overlap))
    }
}
