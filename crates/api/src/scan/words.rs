//! What request headers say of a session and an envelope: bounded, and only what can be read.

use std::sync::Arc;

use axum::http::HeaderMap;
use model::envelope::Path;
use model::names::bounded;
use model::{AccountName, ClientAddr, Envelope, Login, Message, Session, Submission, Via};

/// RFC 5321 4.5.3.1.2.
const MAX_HELO: usize = 255;

/// A header's text, without control characters, at most `max` bytes.
pub(super) fn text(fields: &HeaderMap, name: &str, max: usize) -> Option<String> {
    let value = String::from_utf8_lossy(fields.get(name)?.as_bytes()).into_owned();
    let clean = bounded(value.trim(), max).chars().map(|c| if c.is_control() { '?' } else { c });
    Some(clean.collect::<String>()).filter(|text| !text.is_empty())
}

/// The session that a caller describes.
pub(super) fn session(fields: &HeaderMap, address: &str, helo: &str, login: Option<&str>) -> Session {
    let account = login.and_then(|name| AccountName::from_login(&text(fields, name, 320)?));
    Session {
        client: text(fields, address, 64).and_then(|text| ClientAddr::parse(&text)),
        helo: text(fields, helo, MAX_HELO).unwrap_or_default(),
        login: account.map(|account| Login { account, mechanism: String::new() }),
        ..Session::new(Via::Http)
    }
}

/// The envelope that a caller describes.
pub(super) fn envelope(fields: &HeaderMap, sender: &str, recipient: &str) -> Envelope {
    let path = |bytes: &[u8]| Path::new(&String::from_utf8_lossy(bytes));
    let sender = fields.get(sender).map(|value| path(value.as_bytes())).unwrap_or_default();
    let mut envelope = Envelope { sender, ..Envelope::default() };
    fields.get_all(recipient).iter().for_each(|value| envelope.add_recipient(path(value.as_bytes())));
    envelope
}

/// What is judged, before its message has come.
pub(super) fn without_message(session: Session, envelope: Envelope) -> Submission {
    Submission { session: Arc::new(session), envelope, message: Message::default() }
}
