//! Why a dialogue came to no result.

use std::io;

use wire::smtp::{Reply, ReplyError};

use super::said;

/// A dialogue that went wrong, as the person who asked reads it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SmtpError {
    /// Nobody answers there, or the connection broke.
    #[error("it can't be reached: {0}")]
    Io(#[from] io::Error),
    /// It closed the connection without a word.
    #[error("it closed the connection")]
    Closed,
    /// What it says is no SMTP.
    #[error("it does not speak SMTP ({0})")]
    Nonsense(#[from] ReplyError),
    /// It refuses to talk at all.
    #[error("it answers {}", said(.0))]
    Refused(Reply),
    /// TLS is wanted and not offered.
    #[error("it offers no STARTTLS")]
    NoTls,
    /// TLS could not be had.
    #[error("TLS can't be had: {0}")]
    Tls(String),
    /// Somebody between it and us speaks too.
    #[error("something was put into the connection in clear, in front of TLS")]
    Injected,
    /// It offers no way to log in with a password.
    #[error("it offers neither AUTH PLAIN nor AUTH LOGIN")]
    NoMechanism,
}
