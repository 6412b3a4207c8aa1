//! Refusals that are not the judge's: the client hears them, and whoever reads the log. The judge tells of its own.

use std::net::SocketAddr;

use model::names::bounded;
use model::{Declined, Event};
use wire::smtp::Reply;

use super::Client;

/// More of a reply than this isn't told, in bytes.
const MAX_REPLY: usize = 500;
/// A longer Message-ID is told in part, in bytes.
const MAX_ID: usize = 250;

/// What was refused.
#[derive(Debug, Clone, Copy)]
pub(super) struct Refused<'a> {
    /// How far the client had come.
    pub(super) stage: &'static str,
    /// The next hop whose word it is; `None`: it is ours.
    pub(super) by: Option<SocketAddr>,
    /// The beginning of the content, if that is what was refused.
    pub(super) content: &'a [u8],
}

impl Refused<'static> {
    /// By ourselves, before there was content.
    pub(super) fn by_us(stage: &'static str) -> Self {
        Self { stage, by: None, content: &[] }
    }

    /// By the next hop, before there was content.
    pub(super) fn by(next_hop: SocketAddr, stage: &'static str) -> Self {
        Self { stage, by: Some(next_hop), content: &[] }
    }
}

impl Client {
    /// Answers, and tells of it when it is a refusal.
    pub(super) fn answer(&mut self, what: Refused<'_>, reply: &Reply) {
        self.tell(what, reply);
        self.reply(reply);
    }

    /// Tells of a refusal, and of nothing else.
    pub(super) fn tell(&self, what: Refused<'_>, reply: &Reply) {
        if reply.code() < 400 {
            return;
        }
        self.tell_text(what, &format!("{} {}", reply.code(), reply.texts().collect::<Vec<_>>().join(" ")));
    }

    /// Tells of a refusal that has no reply.
    pub(super) fn tell_text(&self, what: Refused<'_>, text: &str) {
        let message_id = message_id(what.content);
        self.proxy.events.emit(&Event::Declined(Declined {
            via: self.session.via,
            client: self.session.client.or_else(|| Some(self.origin.client())),
            account: self.session.login.as_ref().map(|login| &login.account),
            stage: what.stage,
            by: if what.by.is_some() { "next_hop" } else { "proxy" },
            reply: bounded(text, MAX_REPLY),
            next_hop: what.by,
            message_id: message_id.as_deref(),
        }));
    }
}

/// The Message-ID, as far as it stands in the beginning of the content.
pub(super) fn message_id(content: &[u8]) -> Option<String> {
    const NAME: &[u8] = b"message-id:";
    let mut lines = content.split(|byte| *byte == b'\n').take_while(|line| !line.trim_ascii_end().is_empty());
    let is_it = |line: &&[u8]| line.get(..NAME.len()).is_some_and(|name| name.eq_ignore_ascii_case(NAME));
    let line = lines.find(is_it)?;
    let value = String::from_utf8_lossy(line.get(NAME.len()..)?.trim_ascii()).into_owned();
    Some(bounded(&value, MAX_ID).to_owned()).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_named_by_its_header_only() {
        let found = |text: &str| message_id(text.as_bytes());
        assert_eq!(found("Subject: x\r\nmessage-ID: <1@a.example>\r\n\r\n"), Some("<1@a.example>".into()));
        assert_eq!(found("Subject: x\r\n\r\nMessage-ID: <1@a.example>\r\n"), None);
        assert_eq!(found(&format!("Message-ID: {}", "x".repeat(9000))).map(|id| id.len()), Some(MAX_ID));
        assert_eq!(found("Message-ID:\r\n <folded@a.example>"), None);
        assert_eq!(found(""), None);
    }
}
