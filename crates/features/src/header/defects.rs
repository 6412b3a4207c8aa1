//! Breaches of RFC 5322 and RFC 2047 in header fields.

use memchr::memchr;
use model::features::HeaderDefect;

use crate::bytes;
use crate::header::scan::{Field, Line, lossy_lower};
use crate::header::words;

/// Fields that stand at most once (RFC 5322 3.6, RFC 2045 3).
const ONCE: &[&str] = &[
    "from",
    "sender",
    "reply-to",
    "to",
    "cc",
    "bcc",
    "message-id",
    "in-reply-to",
    "references",
    "subject",
    "date",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
];

/// A line holds at most this many bytes without its line end (RFC 5322 2.1.1).
const MAX_LINE: usize = 998;
/// More defects than this are not kept.
const MAX_DEFECTS: usize = 50;

/// Notes what is wrong with a line.
pub(crate) fn check(line: &Line<'_>, defects: &mut Vec<HeaderDefect>) {
    match line {
        Line::Field(field) => check_field(field, defects),
        Line::Malformed(raw) => note(defects, HeaderDefect::Malformed(lossy_lower(before_colon(raw)))),
        Line::Mbox(_) => {}
    }
}

/// Notes that a field repeats one of the `names` before it though it may stand only once.
pub(crate) fn check_repetition(field: &Field<'_>, names: &[String], defects: &mut Vec<HeaderDefect>) {
    let once = ONCE.iter().find(|name| field.is(name));
    if let Some(name) = once.filter(|name| names.iter().any(|seen| seen == **name)) {
        note(defects, HeaderDefect::Repeated((*name).to_owned()));
    }
}

fn check_field(field: &Field<'_>, defects: &mut Vec<HeaderDefect>) {
    if field.spaced {
        note(defects, HeaderDefect::Malformed(field.lower_name()));
    }
    if !field.value.is_ascii() {
        note(defects, HeaderDefect::RawEightBit(field.lower_name()));
    }
    if memchr(0, field.value).is_some() {
        note(defects, HeaderDefect::Nul(field.lower_name()));
    }
    if field.raw.len() > MAX_LINE && bytes::lines(field.raw).any(|line| bytes::chomp(line).len() > MAX_LINE) {
        note(defects, HeaderDefect::LongLine(field.lower_name()));
    }
    match words::judge(field.value) {
        words::Words::Unreadable => note(defects, HeaderDefect::BadEncodedWord(field.lower_name())),
        words::Words::Needless => note(defects, HeaderDefect::NeedlessEncoding(field.lower_name())),
        words::Words::NoneOrFine => {}
    }
}

fn note(defects: &mut Vec<HeaderDefect>, defect: HeaderDefect) {
    if defects.len() < MAX_DEFECTS && !defects.contains(&defect) {
        defects.push(defect);
    }
}

fn before_colon(raw: &[u8]) -> &[u8] {
    bytes::chomp(bytes::head(raw, memchr(b':', raw).unwrap_or(raw.len())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header::scan;

    fn defects(head: &[u8]) -> Vec<HeaderDefect> {
        let mut defects = Vec::new();
        scan::lines(head).for_each(|line| check(&line, &mut defects));
        defects
    }

    #[test]
    fn each_breach_is_named_with_its_field() {
        use HeaderDefect::*;
        assert_eq!(defects(b"Fr om: x\n"), [Malformed("fr om".into())]);
        assert_eq!(defects(b"Subject : x\n"), [Malformed("subject".into())]);
        assert_eq!(defects(b"nothing here\n"), [Malformed("nothing here".into())]);
        assert_eq!(defects(b"Subject: caf\xc3\xa9\n"), [RawEightBit("subject".into())]);
        assert_eq!(defects(b"To: a\0b\n"), [Nul("to".into())]);
        assert_eq!(defects(b"Subject: =?no-such?q?x?=\n"), [BadEncodedWord("subject".into())]);
        assert_eq!(defects(b"Subject: =?utf-8?q?plain?=\n"), [NeedlessEncoding("subject".into())]);
        assert_eq!(defects(b"From me Tue Nov 14\nSubject: =?utf-8?q?caf=C3=A9?=\n"), []);
    }

    #[test]
    fn a_folded_field_may_be_long_but_no_line_of_it() {
        let long = [b"X: ", "y".repeat(996).as_bytes(), b"\r\n"].concat();
        assert_eq!(defects(&long), [HeaderDefect::LongLine("x".into())]);
        let folded = [b"X: ", "y".repeat(990).as_bytes(), b"\r\n ", "z".repeat(900).as_bytes(), b"\r\n"].concat();
        assert_eq!(defects(&folded), []);
    }
}
