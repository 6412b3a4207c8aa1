//! STARTTLS that passes through: the destination is asked, and from its 220 on the stream is between the two of them.
//!
//! Security: neither side may have said more in plain text than STARTTLS and the reply to it (CVE-2011-0411,
//! CVE-2021-38371): what stands between the two would be taken for a part of the encrypted dialogue.

use std::sync::Arc;

use super::Client;
use super::end::End;
use super::state::{Greeted, State};
use crate::intercept::Opaque;

impl Client {
    pub(super) async fn hand_over(&mut self, greeted: Greeted) -> Result<State, End> {
        let mut hop = match self.lease().await {
            Ok(hop) => hop,
            Err(error) => {
                self.reply(&self.without_hop(&error));
                return Ok(State::Greeted(greeted));
            }
        };
        let limit = self.config.settings.command_timeout;
        let reply = hop.command("STARTTLS\r\n", limit).await.map_err(|error| End::NextHop(error.reply()))?;
        if reply.code() != 220 {
            self.reply(&reply);
            self.give_back(hop);
            return Ok(State::Greeted(greeted));
        }
        let destination = hop.into_plain().ok_or(End::Handshake("plain text came behind the reply to STARTTLS"))?;
        self.reply(&reply);
        self.flush().await?;
        let client = self.channel.stream.take_plain().ok_or(End::Handshake("it is encrypted already"))?;
        Err(End::Opaque(self.opaque().carry(client, destination).await))
    }

    fn opaque(&self) -> Opaque {
        let silence = self.intercepted.as_ref().map(|to| to.stream_timeout).unwrap_or_default();
        Opaque {
            judge: Arc::clone(&self.judge),
            session: Arc::clone(&self.session),
            stats: Arc::clone(&self.proxy.intercepted),
            silence,
        }
    }
}
