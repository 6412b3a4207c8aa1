//! What came of the two things that a diagnosis really does: it logs in, and it sends a message.

/// What came of the one attempt to log in that a diagnosis makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Login {
    /// The password was taken.
    Works,
    /// The server said no, in these words.
    Refused(String),
    /// The server said "later", in these words.
    Deferred(String),
    /// It never came to the password.
    Failed(String),
}

/// What became of the test message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sent {
    /// It was taken, under this Message-ID.
    Taken(String),
    /// It was refused: at which command, in which words.
    Refused(String),
    /// It was not tried, for this reason.
    Untried(&'static str),
    /// The server broke off.
    Failed(String),
}
