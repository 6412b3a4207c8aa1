//! The content of one message, kept up to a bound.

use crate::smtp::{ContentReader, LineEnds};

/// Content beyond so many times its bound ends the connection: nobody sends that by mistake.
const PATIENCE: u64 = 4;

/// Content as it comes in.
#[derive(Debug)]
pub struct Content {
    reader: ContentReader,
    kept: Vec<u8>,
    size: u64,
    limit: u64,
}

impl Content {
    /// Content of at most `limit` bytes. Line ends are put right: nothing of it is relayed.
    pub fn new(limit: u64) -> Self {
        Self { reader: ContentReader::dotted(LineEnds::Normalise), kept: Vec::new(), size: 0, limit }
    }

    /// Reads a piece and tells how many bytes of it belong to the content.
    pub fn read(&mut self, input: &[u8]) -> usize {
        let before = self.kept.len();
        let taken = self.reader.read(input, &mut self.kept);
        let grown = self.kept.len().saturating_sub(before);
        self.size = self.size.saturating_add(u64::try_from(grown).unwrap_or(u64::MAX));
        if self.is_too_large() {
            self.kept = Vec::new();
        }
        taken
    }

    /// Whether CRLF.CRLF has come.
    pub fn has_ended(&self) -> bool {
        self.reader.has_ended()
    }

    /// Whether there is more than is taken; what was kept is gone then.
    pub fn is_too_large(&self) -> bool {
        self.size > self.limit
    }

    /// Whether there is so much that its end is not waited for.
    pub fn is_a_flood(&self) -> bool {
        self.size > self.limit.saturating_mul(PATIENCE)
    }

    /// The message, with CRLF at its line ends; `None` when it is too large.
    pub fn into_message(self) -> Option<Vec<u8>> {
        (!self.is_too_large()).then_some(self.kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_large_is_read_to_its_end_and_not_kept() {
        let mut content = Content::new(10);
        assert_eq!(content.read(b"0123456789abc\r\n"), 15);
        assert!(content.is_too_large() && !content.has_ended() && !content.is_a_flood());
        assert_eq!(content.read(b".\r\nQUIT\r\n"), 3);
        assert!(content.has_ended());
        assert_eq!(content.into_message(), None);
        let mut flood = Content::new(10);
        flood.read(&[b'x'; 41]);
        assert!(flood.is_a_flood());
    }

    #[test]
    fn what_fits_is_kept_whole() {
        let mut content = Content::new(10);
        content.read(b"..a\r\nb\r\n.\r\n");
        assert_eq!(content.into_message().as_deref(), Some(&b".a\r\nb\r\n"[..]));
    }
}
