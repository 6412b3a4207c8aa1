//! Single fields of a raw message, for those who need no more than that: identity, log, evidence.

use std::borrow::Cow;

use model::evidence::Evidence;
use model::{MessageId, names};

use crate::bytes;
use crate::header::scan::{self, Section};
use crate::header::{MAX_BYTES, unfolded};

/// What evidence shows of a message, in this order.
const SHOWN: [&str; 5] = ["From", "To", "Subject", "Date", "Message-ID"];
/// A long recipient list must not push the Message-ID out of the evidence.
const MAX_SHOWN: usize = 190;

/// The value of the first field of that name, on one line, at most 998 bytes; `None` when there is none.
///
pub fn header_value<'m>(raw: &'m [u8], name: &str) -> Option<Cow<'m, str>> {
    let head = Section::split(bytes::head(raw, MAX_BYTES)).head;
    scan::fields(head).find(|field| field.is(name)).map(|field| on_one_line(field.value))
}

fn on_one_line(value: &[u8]) -> Cow<'_, str> {
    let plain = std::str::from_utf8(value.trim_ascii()).ok();
    match plain.filter(|text| text.len() <= MessageId::MAX && !text.contains(char::is_control)) {
        Some(text) => Cow::Borrowed(text),
        None => Cow::Owned(unfolded(value, MessageId::MAX)),
    }
}

/// How many fields of that name the header section has.
pub fn header_count(raw: &[u8], name: &str) -> usize {
    let head = Section::split(bytes::head(raw, MAX_BYTES)).head;
    scan::fields(head).filter(|field| field.is(name)).count()
}

/// The Message-ID of a raw message, as it was sent.
pub fn message_id(raw: &[u8]) -> Option<MessageId> {
    MessageId::new(&header_value(raw, "message-id")?)
}

/// From, To, Subject, Date and Message-ID as they were sent, a line each, at most [`Evidence::MAX_HEADERS`] bytes.
pub fn evidence_headers(raw: &[u8]) -> String {
    let mut values = [const { None::<Cow<'_, str>> }; SHOWN.len()];
    for field in scan::fields(Section::split(bytes::head(raw, MAX_BYTES)).head) {
        let mut places = SHOWN.iter().zip(&mut values);
        if let Some((_, place)) = places.find(|(name, place)| place.is_none() && field.is(name)) {
            *place = Some(on_one_line(field.value));
        }
    }
    let mut out = String::new();
    for (name, value) in SHOWN.iter().zip(&values) {
        let Some(value) = value else { continue };
        let separator = if out.is_empty() { "" } else { "\n" };
        let line = format!("{separator}{name}: {}", names::bounded(value, MAX_SHOWN));
        bytes::push_bounded(&mut out, &line, Evidence::MAX_HEADERS);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIL: &[u8] = b"X-Login: bob\r\nX-Login: eve\r\nMessage-Id: <1@example.com>\r\nSubject: a\r\n\tb\r\nTo: x@example.org\r\n\r\nFrom: body\r\n";

    #[test]
    fn the_first_field_counts_and_the_body_is_not_searched() {
        assert_eq!(header_value(MAIL, "x-login").as_deref(), Some("bob"));
        assert_eq!(header_value(MAIL, "from"), None);
        assert_eq!((header_count(MAIL, "X-LOGIN"), header_count(MAIL, "from")), (2, 0));
        assert_eq!(message_id(MAIL).unwrap().as_str(), "<1@example.com>");
    }

    #[test]
    fn evidence_is_a_line_for_each_field_and_bounded() {
        assert_eq!(evidence_headers(MAIL), "To: x@example.org\nSubject: a b\nMessage-ID: <1@example.com>");
        let long =
            [b"From: ", "é".repeat(4000).as_bytes(), b"\nTo: ", &[b'x'; 4000], b"\nMessage-ID: <2@example.com>\n"]
                .concat();
        let shown = evidence_headers(&long);
        assert!(shown.len() <= Evidence::MAX_HEADERS);
        assert!(shown.ends_with("<2@example.com>"), "{shown}");
    }
}
