//! Why a question has no answer.

use customers::Mistake;
use fetch::FetchError;

/// Why the directory does not say who owns something, as the operator reads it.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// There is no answer.
    #[error("{0}")]
    Unanswered(#[from] FetchError),
    /// It is another one than 200 and 404.
    #[error("it answered {status}{}", hint(*status))]
    Status {
        /// Which.
        status: u16,
    },
    /// The answer is longer than any customer.
    #[error("it answered with more than {0} bytes")]
    TooLong(usize),
    /// The answer is no customer in JSON.
    #[error("it answered with what is no customer: {0}")]
    Garbage(String),
    /// Something of the customer can't be used.
    #[error("it answered with a customer that can't be used: {}", listed(.0))]
    Unfit(Vec<Mistake>),
}

impl AskError {
    /// Whom it concerns.
    pub(crate) fn concern(&self) -> Concern {
        match self {
            Self::Unanswered(_) | Self::Status { status: 401 | 403 | 408 | 429 | 500.. } => Concern::Directory,
            Self::Status { .. } => Concern::Question,
            Self::TooLong(_) | Self::Garbage(_) | Self::Unfit(_) => Concern::Name,
        }
    }
}

/// Whom a failure concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Concern {
    /// The directory does not work: it is left alone for a while.
    Directory,
    /// It works, and does not answer what it was asked.
    Question,
    /// It works; what it knows of this one name can't be used.
    Name,
}

fn hint(status: u16) -> &'static str {
    match status {
        300..=399 => ": redirects are not followed, put the new address into the configuration",
        401 | 403 => ": it does not take the token of directory.token_file",
        _ => "",
    }
}

fn listed(mistakes: &[Mistake]) -> String {
    mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
