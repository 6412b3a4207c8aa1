//! The multiparts and messages that are open while the walker goes over a body, and the lines that close them.

use memchr::memmem;

use crate::bytes;

/// A delimiter line longer than this is none (RFC 2046 5.1.1 allows 70 characters and padding).
const MAX_DELIMITER_LINE: usize = 400;

/// A container that is open.
#[derive(Debug)]
pub(crate) enum Frame {
    /// A multipart with its boundary; `seen` once the boundary occurred.
    Multipart { boundary: Vec<u8>, seen: bool },
    /// A message inside the message. It ends where a multipart around it says so.
    Message,
}

/// A delimiter line that was found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Delimiter {
    /// Where the content before it ends; the line end before a delimiter belongs to the delimiter.
    pub(crate) content_end: usize,
    /// Where the next line starts.
    pub(crate) next: usize,
    /// Which frame it belongs to.
    pub(crate) level: usize,
    /// Whether it closes the multipart.
    pub(crate) closes: bool,
}

/// The frames that are open, outermost first.
#[derive(Debug, Default)]
pub(crate) struct Frames(pub(crate) Vec<Frame>);

impl Frames {
    /// Whether one of the frames is a message.
    pub(crate) fn inside_message(&self) -> bool {
        self.0.iter().any(|frame| matches!(frame, Frame::Message))
    }

    /// Whether an open multipart of the same message has that boundary.
    pub(crate) fn has_boundary(&self, wanted: &[u8]) -> bool {
        let same_message = self.0.iter().rev().take_while(|frame| !matches!(frame, Frame::Message));
        same_message.into_iter().any(|frame| matches!(frame, Frame::Multipart { boundary, .. } if boundary == wanted))
    }

    /// Whether the line is a delimiter of an open multipart.
    pub(crate) fn is_delimiter(&self, line: &[u8]) -> bool {
        line.starts_with(b"--") && self.belongs(line).is_some()
    }

    /// The first delimiter line at or after `start`, which is the start of a line.
    pub(crate) fn next_delimiter(&self, raw: &[u8], start: usize) -> Option<Delimiter> {
        if self.0.is_empty() {
            return None;
        }
        let rest = bytes::from(raw, start);
        let at_start = rest.starts_with(b"--").then_some(start);
        let later = memmem::find_iter(rest, b"\n--").map(|at| start.saturating_add(at).saturating_add(1));
        at_start.into_iter().chain(later).find_map(|line_start| self.delimiter_at(raw, start, line_start))
    }

    fn delimiter_at(&self, raw: &[u8], start: usize, line_start: usize) -> Option<Delimiter> {
        let line = first_line(bytes::from(raw, line_start));
        let (level, closes) = self.belongs(line)?;
        let before = bytes::chomp(bytes::between(raw, start, line_start));
        let content_end = start.saturating_add(before.len());
        Some(Delimiter { content_end, next: line_start.saturating_add(line.len()), level, closes })
    }

    /// The innermost frame whose delimiter the line is, and whether it closes it.
    fn belongs(&self, line: &[u8]) -> Option<(usize, bool)> {
        let text = line.strip_prefix(b"--")?.trim_ascii_end();
        self.0.iter().enumerate().rev().find_map(|(level, frame)| {
            let Frame::Multipart { boundary, .. } = frame else { return None };
            match text.strip_prefix(boundary.as_slice())? {
                b"" => Some((level, false)),
                b"--" => Some((level, true)),
                _ => None,
            }
        })
    }
}

fn first_line(raw: &[u8]) -> &[u8] {
    let raw = bytes::head(raw, MAX_DELIMITER_LINE);
    memchr::memchr(b'\n', raw).map_or(raw, |end| bytes::head(raw, end.saturating_add(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames() -> Frames {
        let multipart = |boundary: &str| Frame::Multipart { boundary: boundary.into(), seen: false };
        Frames(vec![multipart("outer"), Frame::Message, multipart("outer2")])
    }

    #[test]
    fn a_delimiter_belongs_to_the_frame_whose_boundary_it_is() {
        let found = frames().next_delimiter(b"text\r\n--outer2-- \r\nrest", 0).unwrap();
        assert_eq!(found, Delimiter { content_end: 4, next: 19, level: 2, closes: true });
        assert_eq!(frames().next_delimiter(b"--outer\n", 0).unwrap().level, 0);
    }

    #[test]
    fn a_boundary_in_mid_line_or_with_more_behind_it_is_text() {
        assert_eq!(frames().next_delimiter(b"a --outer\n--outer3\n", 0), None);
    }
}
