//! The header section: which fields there are, what they say, what is wrong with them.
//!
//! Of a field that may stand once the first is read, as most mail clients show it; all are counted.

mod defects;
pub(crate) mod lookup;
pub(crate) mod scan;
pub(crate) mod shown;
mod words;

use model::MessageId;
use model::features::{Bound, DateFact, HeaderFacts};

use crate::bounds::Bounds;
use crate::header::scan::{Field, Line};
use crate::{bytes, parser};

/// More of the header section than this is not read.
pub(crate) const MAX_BYTES: usize = 128 * 1024;
/// More fields than this are not read.
const MAX_FIELDS: usize = 1000;
/// More field names than this are not kept.
const MAX_NAMES: usize = 200;
/// Mailboxes kept of From, Reply-To, To and Cc, each.
const MAX_MAILBOXES: usize = 100;
/// More of the fields that somebody asked for are not kept.
const MAX_KEPT: usize = 50;
/// Their values are cut here, in bytes.
const MAX_KEPT_VALUE: usize = 2000;
/// A Subject and other text is cut here, in bytes.
const MAX_TEXT: usize = 4096;

/// What the header section says; the values of the `wanted` fields are kept as well.
pub(crate) fn facts(head: &[u8], wanted: &[String], bounds: &mut Bounds) -> HeaderFacts {
    let mut facts = HeaderFacts::default();
    bounds.hit_if(head.len() > MAX_BYTES, Bound::Headers);
    let mut lines = scan::lines(bytes::head(head, MAX_BYTES));
    for line in lines.by_ref().take(MAX_FIELDS) {
        defects::check(&line, &mut facts.defects);
        if let Line::Field(field) = line {
            defects::check_repetition(&field, &facts.names, &mut facts.defects);
            keep(&field, wanted, &mut facts);
            take(&field, &mut facts);
        }
    }
    bounds.hit_if(lines.next().is_some() || facts.names.len() >= MAX_NAMES, Bound::Headers);
    facts
}

fn keep(field: &Field<'_>, wanted: &[String], facts: &mut HeaderFacts) {
    let Some(name) = wanted.iter().find(|name| field.is(name)).filter(|_| facts.kept.len() < MAX_KEPT) else { return };
    let value = parser::unstructured(bytes::head(field.value, MAX_TEXT));
    facts.kept.push((name.clone(), model::names::bounded(&value, MAX_KEPT_VALUE).to_owned()));
}

fn take(field: &Field<'_>, facts: &mut HeaderFacts) {
    let name = field.lower_name();
    if !facts.names.contains(&name) {
        take_first(&name, field, facts);
    }
    take_each(&name, field, facts);
    if facts.names.len() < MAX_NAMES {
        facts.names.push(name);
    }
}

/// Fields of which the first counts.
fn take_first(name: &str, field: &Field<'_>, facts: &mut HeaderFacts) {
    let value = field.value;
    match name {
        "from" => facts.from = parser::mailboxes(value, MAX_MAILBOXES),
        "sender" => facts.sender = parser::mailboxes(value, 1).pop(),
        "reply-to" => facts.reply_to = parser::mailboxes(value, MAX_MAILBOXES),
        "to" => facts.to = parser::mailboxes(value, MAX_MAILBOXES),
        "cc" => facts.cc = parser::mailboxes(value, MAX_MAILBOXES),
        "subject" => {
            facts.subject = Some(parser::unstructured(bytes::head(value, MAX_TEXT)));
            facts.subject_raw = Some(unfolded(value, MAX_TEXT));
        }
        "date" => facts.date = date(value),
        "message-id" => facts.message_id = MessageId::new(&unfolded(value, MessageId::MAX)),
        "content-type" => facts.content_type = Some(unfolded(value, MAX_TEXT)),
        _ => {}
    }
}

/// Fields that speak for themselves wherever they stand.
fn take_each(name: &str, field: &Field<'_>, facts: &mut HeaderFacts) {
    match name {
        "in-reply-to" | "references" => facts.is_reply = true,
        "x-mailer" | "user-agent" => {
            facts.mailer.get_or_insert_with(|| unfolded(field.value, 200));
        }
        "x-priority" | "importance" | "x-msmail-priority" | "priority" => {
            facts.high_priority |= is_high(&unfolded(field.value, 40));
        }
        "auto-submitted" => facts.automatic |= !starts_with_word(field.value, &["no"]),
        "precedence" => facts.automatic |= starts_with_word(field.value, &["bulk", "junk", "list"]),
        "x-php-originating-script" | "x-php-script" => {
            facts.web_script.get_or_insert_with(|| unfolded(field.value, 200));
        }
        "list-id" | "list-post" | "list-unsubscribe" => facts.list = true,
        _ => {}
    }
}

fn date(value: &[u8]) -> DateFact {
    parser::date(bytes::head(value, 200))
}

fn is_high(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    value.starts_with('1') || value.starts_with('2') || value.starts_with("high") || value.starts_with("urgent")
}

fn starts_with_word(value: &[u8], words: &[&str]) -> bool {
    words.iter().any(|word| bytes::starts_with_ignoring_case(value.trim_ascii_start(), word.as_bytes()))
}

/// A value on one line: line ends dropped (RFC 5322 2.2.3), other control characters turned into spaces, at most `max`
/// bytes.
pub(crate) fn unfolded(value: &[u8], max: usize) -> String {
    let kept: Vec<u8> =
        bytes::head(value, max.saturating_mul(2)).iter().copied().filter(|b| !is_line_end(*b)).collect();
    let text = String::from_utf8_lossy(&kept);
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    model::names::bounded(clean.trim(), max).to_owned()
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::features::HeaderDefect;

    fn read(head: &[u8]) -> HeaderFacts {
        facts(head, &["x-tool".into()], &mut Bounds::default())
    }

    #[test]
    fn the_first_of_repeated_fields_is_read_and_all_are_counted() {
        let facts = read(b"From: a@example.com\nFrom: b@example.org\nSubject: one\nSubject: two\n");
        assert_eq!(facts.from[0].address, "a@example.com");
        assert_eq!(facts.subject.as_deref(), Some("one"));
        assert_eq!(facts.count("from"), 2);
        let repeated = |name: &str| HeaderDefect::Repeated(name.into());
        assert_eq!(facts.defects, [repeated("from"), repeated("subject")]);
    }

    #[test]
    fn subject_is_decoded_and_kept_as_written() {
        let facts = read(b"Subject: =?utf-8?B?R3LDvMOfZQ==?=\r\n aus Wien\r\n");
        assert_eq!(facts.subject.as_deref(), Some("Grüße aus Wien"));
        assert_eq!(facts.subject_raw.as_deref(), Some("=?utf-8?B?R3LDvMOfZQ==?= aus Wien"));
    }

    #[test]
    fn automatic_list_and_priority_are_seen() {
        let facts = read(b"Auto-Submitted: auto-generated\nList-Id: <x.example.com>\nX-Priority: 1 (Highest)\n");
        assert!(facts.automatic && facts.list && facts.high_priority);
        let facts = read(b"Auto-Submitted: no\nPrecedence: first-class\nX-Priority: 3\n");
        assert!(!facts.automatic && !facts.list && !facts.high_priority);
    }

    #[test]
    fn fields_that_were_asked_for_are_kept() {
        let kept = read(b"X-Tool: =?utf-8?q?caf=C3=A9?=\r\n two\r\nX-Other: y\r\nx-tool: z\r\n").kept;
        assert_eq!(kept, [("x-tool".to_owned(), "café two".to_owned()), ("x-tool".into(), "z".into())]);
    }

    #[test]
    fn a_missing_and_an_invalid_date_differ() {
        assert_eq!(read(b"Subject: x\n").date, DateFact::Missing);
        assert_eq!(read(b"Date: tomorrow\n").date, DateFact::Invalid);
    }
}
