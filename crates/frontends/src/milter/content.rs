//! A message rebuilt from header fields and body chunks, bounded.

use model::{Intake, Message};

/// What is kept before the first field comes: most messages fit without growing often.
const FIRST: usize = 8 * 1024;

/// A message as it comes.
#[derive(Debug)]
pub(super) struct Content {
    message: Intake,
    header: usize,
    in_body: bool,
    skipped: bool,
}

/// How much is kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// Of the header section, in bytes.
    pub(super) header: usize,
    /// Of the whole, in bytes.
    pub(super) whole: usize,
}

impl Content {
    pub(super) fn new(bounds: Bounds) -> Self {
        let header = bounds.header.min(bounds.whole);
        Self { message: Intake::new(bounds.whole), header, in_body: false, skipped: false }
    }

    /// A header field. `exact` values carry the white space behind the colon (SMFIP_HDR_LEADSPC), others lack one space.
    ///
    /// A field beyond the bound is dropped whole: half a field would read as another.
    pub(super) fn header(&mut self, name: &[u8], value: &[u8], exact: bool) {
        let colon: &[u8] = if exact { b":" } else { b": " };
        let length = name.len() + colon.len() + folded_length(value) + CRLF.len();
        if self.message.kept() + length > self.header {
            self.message.leave_out(length as u64);
            return;
        }
        self.message.reserve(if self.message.kept() == 0 { FIRST } else { length });
        self.message.push(name);
        self.message.push(colon);
        self.push_folded(value);
        self.message.push(CRLF);
    }

    /// A piece of the body, as on the wire.
    pub(super) fn body(&mut self, bytes: &[u8]) {
        self.end_header();
        self.message.push(bytes);
    }

    /// Whether more of the body would not be kept.
    pub(super) fn is_full(&self) -> bool {
        self.message.is_full()
    }

    /// The MTA was told that enough was seen: how much more there is will not be known.
    pub(super) fn skip_rest(&mut self) {
        self.skipped = true;
    }

    /// The message; `declared` is its size as the client has announced it (RFC 1870).
    pub(super) fn finish(mut self, declared: Option<u64>) -> Message {
        self.end_header();
        let mut message = self.message.finish();
        if self.skipped {
            message.truncated = true;
            message.size = message.size.max(declared.unwrap_or(0));
        }
        message
    }

    fn end_header(&mut self) {
        if !self.in_body {
            self.in_body = true;
            self.message.push(CRLF);
        }
    }

    /// Folded values come with LF; a message has CRLF.
    fn push_folded(&mut self, value: &[u8]) {
        let mut lines = value.split(|byte| *byte == b'\n');
        self.message.push(without_cr(lines.next().unwrap_or_default()));
        for line in lines {
            self.message.push(CRLF);
            self.message.push(without_cr(line));
        }
    }
}

const CRLF: &[u8] = b"\r\n";

fn without_cr(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn folded_length(value: &[u8]) -> usize {
    value.len() + value.iter().filter(|byte| **byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(header: usize, whole: usize) -> Content {
        Content::new(Bounds { header, whole })
    }

    #[test]
    fn a_message_is_rebuilt_as_it_was() {
        let mut whole = content(1000, 1000);
        whole.header(b"Subject", b"one\n\ttwo\r\n three", false);
        whole.header(b"X-Tight", b"value", true);
        whole.header(b"To", b" <b@b.example>", true);
        whole.body(b"hello\r\n");
        whole.body(b"world\r\n");
        let message = whole.finish(Some(9999));
        let expected =
            b"Subject: one\r\n\ttwo\r\n three\r\nX-Tight:value\r\nTo: <b@b.example>\r\n\r\nhello\r\nworld\r\n";
        assert_eq!(message.raw, expected);
        assert_eq!((message.size, message.truncated), (expected.len() as u64, false));
    }

    #[test]
    fn a_message_without_body_still_has_its_empty_line() {
        let mut bare = content(100, 100);
        bare.header(b"A", b"b", false);
        assert_eq!(bare.finish(None).raw, b"A: b\r\n\r\n");
        assert_eq!(content(100, 100).finish(None).raw, b"\r\n");
    }

    #[test]
    fn a_field_beyond_the_bound_is_counted_and_leaves_room_for_the_body() {
        let mut long = content(20, 40);
        long.header(b"A", b"1234567890", false);
        long.header(b"B", &[b'x'; 100], false);
        long.header(b"C", b"1", false);
        long.body(b"body");
        let message = long.finish(None);
        assert_eq!(message.raw, b"A: 1234567890\r\n\r\nbody");
        assert_eq!((message.size, message.truncated), (15 + 105 + 6 + 2 + 4, true));
    }

    #[test]
    fn the_declared_size_counts_only_for_what_was_skipped() {
        let text = b"x\r\n".repeat(60_000);
        let part = b"--b\r\nContent-Type: text/plain\r\n\r\n";
        let full = || {
            let mut full = content(20, 30);
            (0..3).for_each(|_| full.body(&[part.as_slice(), text.as_slice()].concat()));
            assert!(full.is_full());
            full.skip_rest();
            full
        };
        let message = full().finish(Some(5_000_000));
        assert!((Intake::REST..=30 + Intake::REST).contains(&message.raw.len()));
        assert_eq!((message.size, message.truncated, message.has_unread_text), (5_000_000, true, true));
        let came = 2 + 3 * (part.len() + text.len()) as u64;
        assert_eq!(full().finish(Some(1)).size, came);
    }
}
