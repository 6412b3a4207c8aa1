//! Commands and replies over one connection.

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use wire::smtp::{Reply, take_reply};

use super::SmtpError;

/// A stream with what was read and not yet understood.
pub(super) struct Dialogue<S> {
    pub(super) stream: S,
    pub(super) buffer: BytesMut,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Dialogue<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream, buffer: BytesMut::new() }
    }

    /// The next reply; at most 32 KiB are read for it.
    pub(super) async fn reply(&mut self) -> Result<Reply, SmtpError> {
        loop {
            if let Some(reply) = take_reply(&mut self.buffer)? {
                return Ok(reply);
            }
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(SmtpError::Closed);
            }
        }
    }

    /// Sends a line, its CRLF included, and waits for the reply.
    pub(super) async fn command(&mut self, line: &[u8]) -> Result<Reply, SmtpError> {
        self.stream.write_all(line).await?;
        self.stream.flush().await?;
        self.reply().await
    }

    /// The same, where anything but 2yz ends the dialogue.
    pub(super) async fn demand(&mut self, line: &[u8]) -> Result<Reply, SmtpError> {
        positive(self.command(line).await?)
    }
}

pub(super) fn positive(reply: Reply) -> Result<Reply, SmtpError> {
    if reply.is_positive() { Ok(reply) } else { Err(SmtpError::Refused(reply)) }
}
