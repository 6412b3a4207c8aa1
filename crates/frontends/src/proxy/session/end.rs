//! Why a session ends, and its last reply.

use std::io;

use wire::smtp::{LineError, Reply};

use super::super::replies;
use super::super::stats::ProxyStats;
use crate::intercept::StreamEnd;

/// The reason.
#[derive(Debug, thiserror::Error)]
pub(super) enum End {
    #[error("the client said QUIT")]
    Quit,
    #[error("refused")]
    Refused,
    #[error("the connection failed: {0}")]
    Gone(io::Error),
    #[error("the client was silent for too long")]
    TimedOut,
    #[error(transparent)]
    Line(#[from] LineError),
    #[error("the client made too many mistakes")]
    TooManyErrors,
    #[error("draining")]
    Draining,
    #[error("no TLS: {0}")]
    Handshake(&'static str),
    #[error("no PROXY protocol header: {0}")]
    Origin(#[from] wire::proxy_protocol::HeaderError),
    #[error("the opaque stream ended: {0}")]
    Opaque(StreamEnd),
    /// The next hop is lost or closes; what it knew of the transaction is gone.
    #[error("the next hop ended it: {}", .0.texts().next().unwrap_or_default())]
    NextHop(Reply),
}

impl From<io::Error> for End {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::TimedOut => Self::TimedOut,
            _ => Self::Gone(error),
        }
    }
}

impl End {
    /// What the client hears last.
    pub(super) fn reply(&self) -> Option<Reply> {
        match self {
            Self::Quit => Some(Reply::of(replies::BYE)),
            Self::TimedOut => Some(Reply::of(replies::TIMED_OUT)),
            Self::Line(LineError::TooLong) => Some(Reply::of(replies::LONG_LINE)),
            Self::Line(_) => Some(Reply::of(replies::BAD_LINE)),
            Self::TooManyErrors => Some(Reply::of(replies::TOO_MANY_ERRORS)),
            Self::Draining => Some(Reply::of(replies::CLOSING)),
            Self::NextHop(reply) => Some(reply.clone()),
            Self::Refused | Self::Gone(_) | Self::Handshake(_) | Self::Origin(_) | Self::Opaque(_) => None,
        }
    }

    /// Whether the last reply refuses what the client was about.
    pub(super) fn is_refusal(&self) -> bool {
        matches!(self, Self::Line(_) | Self::TooManyErrors | Self::NextHop(_))
    }

    pub(super) fn count(&self, stats: &ProxyStats) {
        match self {
            Self::Line(_) | Self::TooManyErrors | Self::Origin(_) => stats.protocol_errors.add(1),
            Self::TimedOut => stats.timeouts.add(1),
            Self::Handshake(_) => stats.tls_failures.add(1),
            Self::Quit | Self::Refused | Self::Gone(_) | Self::Draining | Self::NextHop(_) | Self::Opaque(_) => {}
        }
    }
}
