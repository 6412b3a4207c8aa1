//! One connection to a next hop: a command goes out, its whole reply comes back.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use wire::smtp::{Capabilities, Reply, take_reply};

use super::super::channel::Channel;
use super::error::HopError;

const RSET: &str = "RSET\r\n";

/// A connection that has been greeted.
#[derive(Debug)]
pub(in crate::proxy) struct HopConnection {
    pub(super) channel: Channel,
    /// What the next hop offers on this connection.
    pub(in crate::proxy) capabilities: Arc<Capabilities>,
    /// The address at its other end.
    pub(in crate::proxy) peer: SocketAddr,
    /// Which of the group it leads to.
    pub(super) hop: usize,
    /// Messages it has carried.
    pub(super) messages: u32,
    /// It carries a login or client data: it belongs to one session and is never shared.
    pub(in crate::proxy) is_bound: bool,
    /// The next hop may keep something of an earlier MAIL, accepted or refused: Postfix keeps the size that a refused one
    /// has announced, and refuses the next sender for it.
    pub(super) is_stained: bool,
    /// The next hop has refused something on it. Mail servers count that, slow down and hang up: whoever caused it keeps the
    /// connection to himself.
    pub(in crate::proxy) has_refused: bool,
    /// It has served before, so that its first failure says nothing of the next hop.
    pub(in crate::proxy) is_reused: bool,
}

impl HopConnection {
    /// Sends a command, with its CRLF, and reads the reply to it.
    ///
    /// # Errors
    /// A 421 is [`HopError::Closing`], whatever the command was.
    pub(in crate::proxy) async fn command(&mut self, line: &str, limit: Duration) -> Result<Reply, HopError> {
        self.queue(line);
        self.channel.flush(limit).await?;
        self.reply(limit).await
    }

    /// Reads one whole reply.
    ///
    /// # Errors
    /// When it doesn't come in time, is no reply, or says that the next hop closes.
    pub(in crate::proxy) async fn reply(&mut self, limit: Duration) -> Result<Reply, HopError> {
        let reply = tokio::time::timeout(limit, self.next_reply(limit)).await.map_err(std::io::Error::from)??;
        self.has_refused |= reply.code() >= 400;
        if reply.code() == 421 { Err(HopError::Closing(reply)) } else { Ok(reply) }
    }

    async fn next_reply(&mut self, limit: Duration) -> Result<Reply, HopError> {
        loop {
            if let Some(reply) = take_reply(&mut self.channel.input)? {
                return Ok(reply);
            }
            self.channel.fill(limit).await?;
        }
    }

    /// The connection itself, while it is plain and everything that came on it was understood.
    pub(in crate::proxy) fn into_plain(mut self) -> Option<tokio::net::TcpStream> {
        if self.channel.input.is_empty() { self.channel.stream.take_plain() } else { None }
    }

    /// MAIL, and the RCPTs behind it: all at once where the next hop offers PIPELINING (RFC 2920), else MAIL alone. The
    /// reply is MAIL's; the others are got by [`Self::recipient`]. What an earlier MAIL has left behind is cleared first, by an
    /// RSET in the same packet.
    ///
    /// # Errors
    /// As for [`Self::command`]; [`HopError::Unclean`] when RSET is refused.
    pub(in crate::proxy) async fn mail<'l>(
        &mut self,
        line: &str,
        recipients: impl Iterator<Item = &'l str>,
        limit: Duration,
    ) -> Result<Reply, HopError> {
        let resets = self.is_stained && self.capabilities.pipelining;
        if resets {
            self.queue(RSET);
        } else {
            self.reset(limit).await?;
        }
        self.is_stained = true;
        self.queue(line);
        self.queue_ahead(recipients);
        self.channel.flush(limit).await?;
        if resets {
            cleared(&self.reply(limit).await?)?;
        }
        self.reply(limit).await
    }

    /// More RCPTs of an open transaction, all at once where that is possible.
    ///
    /// # Errors
    /// As for [`Self::command`].
    pub(in crate::proxy) async fn recipients<'l>(
        &mut self,
        lines: impl Iterator<Item = &'l str>,
        limit: Duration,
    ) -> Result<(), HopError> {
        self.queue_ahead(lines);
        Ok(self.channel.flush(limit).await?)
    }

    /// The reply to the next RCPT of those announced; it is sent now if it couldn't be sent ahead.
    ///
    /// # Errors
    /// As for [`Self::command`].
    pub(in crate::proxy) async fn recipient(&mut self, line: &str, limit: Duration) -> Result<Reply, HopError> {
        if self.capabilities.pipelining { self.reply(limit).await } else { self.command(line, limit).await }
    }

    fn queue(&mut self, line: &str) {
        self.channel.output.extend_from_slice(line.as_bytes());
    }

    fn queue_ahead<'l>(&mut self, lines: impl Iterator<Item = &'l str>) {
        if self.capabilities.pipelining {
            lines.for_each(|line| self.queue(line));
        }
    }

    /// Clears what an earlier MAIL has left behind, for commands that may not come within a transaction.
    ///
    /// # Errors
    /// As for [`Self::mail`].
    pub(in crate::proxy) async fn reset(&mut self, limit: Duration) -> Result<(), HopError> {
        if self.is_stained {
            cleared(&self.command(RSET, limit).await?)?;
            self.is_stained = false;
        }
        Ok(())
    }

    /// Whether it still can be used, as far as can be seen.
    pub(in crate::proxy) async fn is_alive(&mut self) -> bool {
        self.channel.is_quiet().await
    }

    /// Says goodbye and doesn't wait for the answer.
    pub(in crate::proxy) fn quit(mut self) {
        const PATIENCE: Duration = Duration::from_secs(5);
        tokio::spawn(async move {
            let _ = self.command("QUIT\r\n", PATIENCE).await;
        });
    }
}

fn cleared(reply: &Reply) -> Result<(), HopError> {
    if reply.is_positive() { Ok(()) } else { Err(HopError::Unclean) }
}

/// Whether the reply is positive.
pub(super) fn positive(reply: Reply) -> Result<(), HopError> {
    if reply.is_positive() { Ok(()) } else { Err(HopError::Refused(reply)) }
}
