//! Why a scanner has not said anything.

use std::time::Duration;

/// A failed inquiry.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ScanError {
    #[error("it can't be reached: {0}")]
    Unreachable(std::io::Error),
    #[error("the connection broke: {0}")]
    Broken(std::io::Error),
    #[error("it took longer than {} ms", .0.as_millis())]
    Late(Duration),
    #[error("all {0} places are taken: it is asked about more than it can answer")]
    Busy(u32),
    #[error("its answer is longer than {most} bytes")]
    TooLong { most: usize },
    #[error("its answer makes no sense: {0}")]
    Garbage(String),
    #[error("it refused: {0}")]
    Refused(String),
}

impl ScanError {
    /// An answer that makes no sense, quoted for the log.
    pub(crate) fn garbage(answer: &[u8]) -> Self {
        Self::Garbage(quoted(answer))
    }

    /// A refusal in the scanner's own words.
    pub(crate) fn refused(answer: &[u8]) -> Self {
        Self::Refused(quoted(answer))
    }
}

/// The beginning of what came from a scanner, as one printable line.
fn quoted(answer: &[u8]) -> String {
    let text = String::from_utf8_lossy(answer.get(..200).unwrap_or(answer)).into_owned();
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim().to_owned()
}
