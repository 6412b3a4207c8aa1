//! What goes wrong with a next hop, and what the client is told of it: always to come back, never that all is well.

use std::io;

use wire::smtp::{Reply, ReplyError};

use super::super::replies;

/// Why a next hop gives no answer.
#[derive(Debug, thiserror::Error)]
pub(in crate::proxy) enum HopError {
    #[error("no next hop can be reached")]
    Unreachable,
    #[error("DNS names no mail exchanger for it")]
    NoExchanger,
    #[error("the connection failed: {0}")]
    Lost(io::Error),
    #[error("it gave no answer in time")]
    Silent,
    #[error(transparent)]
    Protocol(#[from] ReplyError),
    #[error("it closes: {}", .0.texts().next().unwrap_or_default())]
    Closing(Reply),
    #[error("it refuses with {}", .0.code())]
    Refused(Reply),
    #[error("it refuses RSET")]
    Unclean,
    #[error("it sent something before the TLS handshake")]
    Injected,
    #[error("the TLS handshake failed: {0}")]
    Handshake(io::Error),
    #[error("it offers no STARTTLS")]
    NoTls,
}

impl From<io::Error> for HopError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::TimedOut => Self::Silent,
            _ => Self::Lost(error),
        }
    }
}

impl HopError {
    /// Whether a connection that waited may have grown useless while it did: another may serve.
    pub(in crate::proxy) fn is_of_a_stale_connection(&self) -> bool {
        matches!(self, Self::Lost(_) | Self::Closing(_) | Self::Unclean)
    }

    /// The answer to the command that needed the next hop; after it the session is closed (421), because what the
    /// next hop knew of the transaction is gone. Unless it was never reached: then the session can go on.
    pub(in crate::proxy) fn reply(&self) -> Reply {
        match self {
            Self::Closing(reply) => reply.clone(),
            Self::Unreachable => Reply::of(replies::UNREACHABLE),
            _ => Reply::of(replies::LOST),
        }
    }
}
