//! Why there is no answer.

use std::time::Duration;

/// Why a server has not answered, as the operator reads it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// It took too long.
    #[error("it did not answer within {} seconds", .0.as_secs_f32())]
    Slow(Duration),
    /// There is no connection.
    #[error("it can't be reached: {0}")]
    Unreachable(String),
    /// There is a connection and no TLS on it.
    #[error("TLS failed: {0}")]
    Tls(String),
    /// What came back is no HTTP.
    #[error("it broke off or did not speak HTTP: {0}")]
    Garbage(String),
}
