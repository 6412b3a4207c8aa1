//! What of a message is authenticated, copied: the check outlives its borrow.

use std::net::IpAddr;

use mail_auth::AuthenticatedMessage;
use model::envelope::Path;
use model::{DomainName, Features, Message};

use crate::settings::ReputationSettings;

/// More signatures are not checked: each may ask for a hash of the whole body of its own.
const MAX_SIGNATURES: usize = 8;
/// A longer header is not checked: a signature may name thousands of fields, each searched for among all.
const MAX_HEADER: usize = 32 * 1024;
const SIGNATURE: &[u8] = b"dkim-signature";

/// A message as far as it is to be checked.
pub(crate) struct Letter {
    /// The addresses it may leave from.
    pub(super) from_addresses: Vec<IpAddr>,
    /// MAIL FROM and its domain; `None` for bounces.
    pub(super) sender: Option<(Path, DomainName)>,
    /// Whether the operator signs it for From's domain behind us.
    pub(super) signed_later: bool,
    /// The message, where there is something to find out from it.
    raw: Option<Vec<u8>>,
}

impl Letter {
    /// What these settings want to know of a message; `None` when that is nothing.
    pub(crate) fn of(message: &Message, features: &Features, settings: &ReputationSettings) -> Option<Self> {
        let sender = features.sender.mail_from.clone();
        let sender = sender.and_then(|path| path.domain().map(|domain| (path, domain)));
        let author = features.headers.from.first().and_then(model::Mailbox::domain);
        let signed_later =
            author.as_ref().is_some_and(|domain| settings.dkim_signed_later_for.iter().any(|by| by.covers(domain)));
        let signatures = signatures(message);
        let for_dmarc = sender.is_some() && !signed_later;
        let readable = author.is_some() && signatures.is_some_and(|count| count > 0 || for_dmarc);
        let raw = readable.then(|| message.raw.clone());
        let from_addresses = settings.own_addresses.clone();
        (sender.is_some() || raw.is_some()).then_some(Self { from_addresses, sender, signed_later, raw })
    }

    /// The message as the library reads it; `None` when its signatures can't be known.
    pub(super) fn parse(&self) -> Option<AuthenticatedMessage<'_>> {
        AuthenticatedMessage::parse(self.raw.as_deref()?)
    }

    /// Whether the body ends in lines that hold white space only. The library's relaxed hash of such a body is wrong
    /// (mail-auth 0.13.3; RFC 6376 3.4.4 takes those lines for empty ones).
    pub(super) fn ends_in_white_space(&self) -> bool {
        let lines = self.raw.as_deref().unwrap_or_default().rsplit(|byte| *byte == b'\n').map(without_cr);
        lines.take_while(|line| line.trim_ascii().is_empty()).any(|line| !line.is_empty())
    }
}

/// How many signatures a message has; `None` when that, or whether they hold, can't be told.
fn signatures(message: &Message) -> Option<usize> {
    if message.truncated {
        return None;
    }
    let lines = message.raw.split_inclusive(|byte| *byte == b'\n');
    let (mut size, mut count) = (0, 0);
    for line in lines.take_while(|line| !line.trim_ascii().is_empty()) {
        size += line.len();
        count += usize::from(line.get(..SIGNATURE.len()).is_some_and(|name| name.eq_ignore_ascii_case(SIGNATURE)));
        if size > MAX_HEADER || count > MAX_SIGNATURES {
            return None;
        }
    }
    Some(count)
}

fn without_cr(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(header: &str) -> Message {
        Message::whole(format!("{header}\r\nDKIM-Signature: in the body\r\n").into_bytes())
    }

    #[test]
    fn only_so_many_signatures_and_so_long_a_header_are_read() {
        let signature = "dkim-Signature: v=1\r\n";
        assert_eq!(signatures(&message("Subject: x\r\n")), Some(0));
        assert_eq!(signatures(&message(&signature.repeat(MAX_SIGNATURES))), Some(MAX_SIGNATURES));
        assert_eq!(signatures(&message(&signature.repeat(MAX_SIGNATURES + 1))), None);
        assert_eq!(signatures(&message(&"X: y\r\n".repeat(MAX_HEADER / 6))), Some(0));
        assert_eq!(signatures(&message(&"X: y\r\n".repeat(MAX_HEADER / 6 + 1))), None);
        assert_eq!(signatures(&Message { truncated: true, ..message(signature) }), None);
    }

    #[test]
    fn a_body_that_ends_in_white_space_is_known() {
        let ends = |raw: &str| {
            let raw = Some(raw.as_bytes().to_vec());
            Letter { from_addresses: Vec::new(), sender: None, signed_later: false, raw }.ends_in_white_space()
        };
        assert!(ends("A: b\r\n\r\nx\r\n \r\n") && ends("A: b\r\n\r\nx\r\n\t\r\n\r\n") && ends("A: b\r\n\r\nx\r\n "));
        assert!(!ends("A: b\r\n\r\nx \r\n") && !ends("A: b\r\n\r\nx\r\n\r\n\r\n") && !ends(""));
    }
}
