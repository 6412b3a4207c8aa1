//! Splits raw mail into header section, body and fields (RFC 5322 2.1, 2.2), without decoding anything.
//!
//! Security: linear, borrows everything. `Fr om:` is no From here, whatever mail clients make of it.

use crate::bytes;

/// An entity: its header section and what follows the empty line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Section<'m> {
    /// The header section, the empty line left out.
    pub(crate) head: &'m [u8],
    /// The body.
    pub(crate) body: &'m [u8],
}

impl<'m> Section<'m> {
    /// Splits a message. One without an empty line has its body from the first line that is no field, as readers do it.
    pub(crate) fn split(raw: &'m [u8]) -> Self {
        let (section, found) = Self::split_until(raw, |_| false);
        if found { section } else { Self::at(raw, lines_of_fields(raw)) }
    }

    /// Splits an entity whose header section also ends where `is_end` says so of a line; that line is the body's first.
    /// Tells whether there was an end.
    pub(crate) fn split_until(raw: &'m [u8], is_end: impl Fn(&[u8]) -> bool) -> (Self, bool) {
        let mut offset = 0usize;
        for line in bytes::lines(raw) {
            let next = offset.saturating_add(line.len());
            if bytes::chomp(line).is_empty() {
                return (Self { head: bytes::head(raw, offset), body: bytes::from(raw, next) }, true);
            }
            if is_end(line) {
                return (Self::at(raw, offset), true);
            }
            offset = next;
        }
        (Self::at(raw, raw.len()), false)
    }

    fn at(raw: &'m [u8], offset: usize) -> Self {
        Self { head: bytes::head(raw, offset), body: bytes::from(raw, offset) }
    }
}

/// How many bytes at the start are fields.
fn lines_of_fields(raw: &[u8]) -> usize {
    let fields = Lines { rest: raw };
    fields.take_while(|line| !matches!(line, Line::Malformed(_))).map(|line| line.len()).sum()
}

/// A line of the header section with the lines folded into it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Line<'m> {
    /// `Name: value`.
    Field(Field<'m>),
    /// A line without a colon, or with something before it that is no field name.
    Malformed(&'m [u8]),
    /// The `From ` line of an mbox file, which is no part of the message.
    Mbox(&'m [u8]),
}

/// One field.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field<'m> {
    /// The name as written, without white space.
    pub(crate) name: &'m [u8],
    /// What follows the colon, with its folding and its line end.
    pub(crate) value: &'m [u8],
    /// The whole field.
    pub(crate) raw: &'m [u8],
    /// White space stood before the colon (obsolete, RFC 5322 4.5).
    pub(crate) spaced: bool,
}

impl Field<'_> {
    /// Whether the field has that name.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }

    /// The name in lower case, bounded.
    pub(crate) fn lower_name(&self) -> String {
        lossy_lower(self.name)
    }
}

/// Text for a defect or a name: lower case, at most 80 bytes.
pub(crate) fn lossy_lower(name: &[u8]) -> String {
    String::from_utf8_lossy(bytes::head(name, 80)).to_ascii_lowercase()
}

impl Line<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Field(field) => field.raw.len(),
            Self::Malformed(raw) | Self::Mbox(raw) => raw.len(),
        }
    }
}

/// The lines of a header section.
pub(crate) fn lines(head: &[u8]) -> impl Iterator<Item = Line<'_>> {
    Lines { rest: head }
}

/// The well-formed fields of a header section.
pub(crate) fn fields(head: &[u8]) -> impl Iterator<Item = Field<'_>> {
    lines(head).filter_map(|line| match line {
        Line::Field(field) => Some(field),
        _ => None,
    })
}

struct Lines<'m> {
    rest: &'m [u8],
}

impl<'m> Iterator for Lines<'m> {
    type Item = Line<'m>;

    fn next(&mut self) -> Option<Line<'m>> {
        if self.rest.is_empty() {
            return None;
        }
        let (line, rest) = self.rest.split_at_checked(folded_len(self.rest))?;
        self.rest = rest;
        Some(classify(line))
    }
}

/// The length of the first line with the lines that continue it.
fn folded_len(bytes: &[u8]) -> usize {
    let mut end = 0usize;
    for line in bytes::lines(bytes) {
        if end > 0 && !line.starts_with(b" ") && !line.starts_with(b"\t") {
            break;
        }
        end = end.saturating_add(line.len());
    }
    end
}

fn classify(raw: &[u8]) -> Line<'_> {
    if raw.starts_with(b"From ") || raw.starts_with(b">From ") {
        return Line::Mbox(raw);
    }
    let colon = memchr::memchr(b':', raw).unwrap_or(0);
    let (before, value) = (bytes::head(raw, colon), bytes::from(raw, colon.saturating_add(1)));
    let name = before.trim_ascii_end();
    if name.is_empty() || !name.iter().all(u8::is_ascii_graphic) {
        return Line::Malformed(raw);
    }
    Line::Field(Field { name, value, raw, spaced: name.len() < before.len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_fields_are_one() {
        let section = Section::split(b"Subject: a\r\n b\r\nTo : x\r\nFr om: y\r\n\r\nbody\r\n");
        let names: Vec<_> = fields(section.head).map(|field| field.lower_name()).collect();
        assert_eq!(names, ["subject", "to"]);
        assert_eq!(fields(section.head).next().unwrap().value, b" a\r\n b\r\n");
        assert_eq!(section.body, b"body\r\n");
    }

    #[test]
    fn without_an_empty_line_the_body_starts_at_the_first_other_line() {
        assert_eq!(Section::split(b"Subject: a\nHello\nyou: b\n").body, b"Hello\nyou: b\n");
        assert_eq!(Section::split(b"Subject: a").body, b"");
        assert_eq!(Section::split(b"\nHello").body, b"Hello");
    }
}
