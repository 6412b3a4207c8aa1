//! The one place that speaks to mail-parser: single header fields (RFC 5322, 2047, 2231) and charsets.
//!
//! Security: only values of at most [`MAX_VALUE`] bytes go in, always ended by a line end as its parsers expect. Its
//! message parser is never called: nested messages make that recurse, and boundary floods make it quadratic.

use std::borrow::Cow;

use mail_parser::decoders::charsets::map::charset_decoder;
use mail_parser::parsers::MessageStream;
use mail_parser::{Addr, Address, HeaderValue};
use model::features::DateFact;
use model::{Mailbox, Timestamp};

use crate::bytes;

/// More of a field's value than this is not read.
pub(crate) const MAX_VALUE: usize = 16 * 1024;
/// A display name or an address is cut here.
const MAX_MAILBOX_TEXT: usize = 998;

/// A media type with its parameters (RFC 2045 5.1), names in lower case, in order, repetitions kept.
#[derive(Debug, Default)]
pub(crate) struct MediaType {
    /// `type/subtype`, or the disposition; lower case.
    pub(crate) essence: String,
    /// Parameters, decoded (RFC 2231).
    pub(crate) parameters: Vec<(String, String)>,
}

impl MediaType {
    /// The first parameter of that name.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Free text such as Subject, unfolded, encoded words decoded.
pub(crate) fn unstructured(value: &[u8]) -> String {
    match MessageStream::new(&ended(value)).parse_unstructured() {
        HeaderValue::Text(text) => text.into_owned(),
        _ => String::new(),
    }
}

/// The mailboxes of an address field, groups opened, at most `max`.
pub(crate) fn mailboxes(value: &[u8], max: usize) -> Vec<Mailbox> {
    match MessageStream::new(&ended(value)).parse_address() {
        HeaderValue::Address(Address::List(list)) => list.iter().take(max).map(mailbox).collect(),
        HeaderValue::Address(Address::Group(groups)) => {
            groups.iter().flat_map(|group| &group.addresses).take(max).map(mailbox).collect()
        }
        _ => Vec::new(),
    }
}

fn mailbox(address: &Addr<'_>) -> Mailbox {
    let text = |text: &Option<Cow<'_, str>>| {
        model::names::bounded(text.as_deref().unwrap_or_default().trim(), MAX_MAILBOX_TEXT).to_owned()
    };
    Mailbox { name: text(&address.name), address: text(&address.address) }
}

/// Content-Type or Content-Disposition; `None` when nothing can be read from it.
pub(crate) fn media_type(value: &[u8]) -> Option<MediaType> {
    let value = ended(value);
    let HeaderValue::ContentType(parsed) = MessageStream::new(&value).parse_content_type() else { return None };
    let essence = match &parsed.c_subtype {
        Some(subtype) => format!("{}/{}", parsed.c_type, subtype),
        None => parsed.c_type.into_owned(),
    };
    let parameters = parsed.attributes.unwrap_or_default().into_iter();
    let parameters = parameters.map(|parameter| (parameter.name.to_ascii_lowercase(), parameter.value.into_owned()));
    Some(MediaType { essence: essence.to_ascii_lowercase(), parameters: parameters.collect() })
}

/// The Date field (RFC 5322 3.3, obsolete zones included).
pub(crate) fn date(value: &[u8]) -> DateFact {
    let HeaderValue::DateTime(date) = MessageStream::new(&ended(value)).parse_date() else { return DateFact::Invalid };
    if !date.is_valid() {
        return DateFact::Invalid;
    }
    let offset = i32::from(date.tz_hour) * 60 + i32::from(date.tz_minute);
    DateFact::At(Timestamp::from_secs(date.to_timestamp()), if date.tz_before_gmt { -offset } else { offset })
}

/// Whether a charset of that name can be decoded.
pub(crate) fn charset_is_known(name: &str) -> bool {
    is_utf8(name) || charset_decoder(name.as_bytes()).is_some()
}

/// A text that was decoded.
pub(crate) struct Read {
    /// The text.
    pub(crate) text: String,
    /// It says that it is UTF-8, and a sequence is wrong, not only cut off at the end.
    pub(crate) is_broken_utf8: bool,
}

/// Text in a declared charset. Undeclared and unknown ones are read as UTF-8 where that fits, else as Windows-1252.
pub(crate) fn decode_charset(text: Cow<'_, [u8]>, charset: Option<&str>) -> Read {
    let declared = charset.filter(|name| !is_utf8(name) && !name.eq_ignore_ascii_case("us-ascii"));
    let decoder = declared.and_then(|name| charset_decoder(name.as_bytes()));
    if let Some(decoder) = decoder.filter(|_| !(declared.is_some_and(extends_ascii) && text.is_ascii())) {
        return Read { text: decoder(&text), is_broken_utf8: false };
    }
    let is_utf8 = charset.is_some_and(is_utf8);
    match String::from_utf8(text.into_owned()) {
        Ok(text) => Read { text, is_broken_utf8: false },
        Err(error) if is_utf8 => Read {
            is_broken_utf8: error.utf8_error().error_len().is_some(),
            text: String::from_utf8_lossy(error.as_bytes()).into_owned(),
        },
        Err(error) => Read { text: latin(error.as_bytes()), is_broken_utf8: false },
    }
}

/// Whether ASCII bytes are themselves in a charset, by the names mail uses; of others it is not known here.
fn extends_ascii(name: &str) -> bool {
    const FAMILIES: [&str; 4] = ["iso-8859-", "windows-125", "koi8-", "cp125"];
    FAMILIES.iter().any(|family| bytes::starts_with_ignoring_case(name.as_bytes(), family.as_bytes()))
}

/// Whether a charset's name is one of UTF-8's.
pub(crate) fn is_utf8(name: &str) -> bool {
    name.eq_ignore_ascii_case("utf-8") || name.eq_ignore_ascii_case("utf8")
}

fn latin(bytes: &[u8]) -> String {
    match charset_decoder(b"windows-1252") {
        Some(decoder) => decoder(bytes),
        None => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// mail-parser ends a field at its line end; without one it may return nothing.
fn ended(value: &[u8]) -> Cow<'_, [u8]> {
    let kept = bytes::head(value, MAX_VALUE);
    if kept.ends_with(b"\n") { Cow::Borrowed(kept) } else { Cow::Owned([kept, b"\n"].concat()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_with_and_without_a_line_end() {
        assert_eq!(unstructured(b" =?utf-8?q?caf=C3=A9?=\r\n au lait"), "café au lait");
        let from = mailboxes(b" \"Doe, Jane\" <jane@example.com>, bob@example.org", 9);
        assert_eq!(from.len(), 2);
        assert_eq!(from[0], Mailbox { name: "Doe, Jane".into(), address: "jane@example.com".into() });
        assert_eq!(date(b" Tue, 14 Nov 2023 23:13:20 +0100"), DateFact::At(Timestamp::from_secs(1_700_000_000), 60));
        assert_eq!(date(b" soon"), DateFact::Invalid);
    }

    #[test]
    fn parameters_are_decoded_and_kept_in_order() {
        let kind = media_type(b" Text/HTML; charset=A; name*=utf-8''%C3%A9.htm; charset=B\n").unwrap();
        assert_eq!(kind.essence, "text/html");
        assert_eq!(kind.parameter("charset"), Some("A"));
        assert_eq!(kind.parameter("name"), Some("é.htm"));
        assert_eq!(kind.parameters.len(), 3);
    }

    #[test]
    fn ascii_is_itself_in_every_charset_said_to_extend_it() {
        let all: Vec<u8> = (0..0x80).collect();
        let text = String::from_utf8(all.clone()).unwrap();
        let numbered = (1..=16).map(|n| format!("iso-8859-{n}")).chain((0..9).map(|n| format!("windows-125{n}")));
        for name in numbered.chain(["koi8-r".into(), "koi8-u".into(), "cp1252".into()]) {
            if let Some(decoder) = charset_decoder(name.as_bytes()) {
                assert_eq!((decoder(&all), extends_ascii(&name)), (text.clone(), true), "{name}");
            }
        }
        assert!(!extends_ascii("utf-7") && !extends_ascii("iso-2022-jp") && !extends_ascii("utf-16"));
    }

    #[test]
    fn an_undeclared_charset_is_guessed() {
        let decoded = |text: &[u8], charset| {
            let read = decode_charset(Cow::Borrowed(text), charset);
            (read.text, read.is_broken_utf8)
        };
        assert_eq!(decoded("é".as_bytes(), None), ("é".into(), false));
        assert_eq!(decoded(b"\xe9", None), ("é".into(), false));
        assert_eq!(decoded(b"\x83n", Some("shift_jis")), ("ハ".into(), false));
        assert_eq!(decoded(b"a\xe9b", Some("utf-8")), ("a\u{fffd}b".into(), true));
        assert_eq!(decoded(b"a\xc3", Some("utf-8")), ("a\u{fffd}".into(), false));
    }
}
