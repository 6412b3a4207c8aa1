//! Why somebody does not get in, or something can't be kept.

use limits::StoreError;

/// The messages may be shown to whoever asked: they don't tell whether a name exists.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AccessError {
    /// The key, session, credential or password is none of ours, or no longer.
    #[error("the credentials are not valid")]
    Invalid,
    /// They were valid once.
    #[error("the credentials are no longer valid")]
    Expired,
    /// Too many wrong ones came from there.
    #[error("too many wrong credentials: try again in a minute")]
    TooMany,
    /// What was asked for can't be made so.
    #[error("{0}")]
    Unfit(String),
    /// There is no such thing to revoke or change.
    #[error("there is no {0}")]
    Unknown(String),
    /// The operating system gives no randomness.
    #[error("the operating system gives no randomness")]
    NoRandomness,
    /// The key file can't be written.
    #[error("the key file can't be written: {0}")]
    KeyFile(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AccessError {
    /// Something of the store can't be read back.
    pub(crate) fn garbled(error: impl std::fmt::Display) -> Self {
        Self::Store(StoreError::Damaged(format!("a record of access can't be read: {error}")))
    }

    pub(crate) fn unfit(sentence: impl Into<String>) -> Self {
        Self::Unfit(sentence.into())
    }
}
