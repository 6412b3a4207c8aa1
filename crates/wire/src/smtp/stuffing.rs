//! Content on its way out: dots at the start of lines are doubled, and the end is CRLF.CRLF (RFC 5321 4.5.2).

/// Writes content, in pieces of any size, as DATA wants it. The content's line ends are CRLF.
#[derive(Debug)]
pub struct Stuffing {
    line_start: bool,
}

impl Default for Stuffing {
    fn default() -> Self {
        Self { line_start: true }
    }
}

impl Stuffing {
    /// Adds a piece.
    pub fn write(&mut self, content: &[u8], out: &mut Vec<u8>) {
        out.reserve(content.len());
        let mut rest = content;
        while let Some(first) = rest.first() {
            if self.line_start && *first == b'.' {
                out.push(b'.');
            }
            let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
            let (line, next) = rest.split_at_checked(end).unwrap_or((rest, &[]));
            out.extend_from_slice(line);
            self.line_start = line.ends_with(b"\n");
            rest = next;
        }
    }

    /// Ends the message; a last line without its CRLF gets it.
    pub fn end(self, out: &mut Vec<u8>) {
        out.extend_from_slice(if self.line_start { b".\r\n" } else { b"\r\n.\r\n" });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_doubled_at_line_starts_across_pieces() {
        let mut out = Vec::new();
        let mut stuffing = Stuffing::default();
        for piece in [&b".a\r\n"[..], b".", b"b.\r\n", b"c"] {
            stuffing.write(piece, &mut out);
        }
        stuffing.end(&mut out);
        assert_eq!(out, b"..a\r\n..b.\r\nc\r\n.\r\n");
    }

    #[test]
    fn an_empty_message_is_a_lone_dot() {
        let mut out = Vec::new();
        Stuffing::default().end(&mut out);
        assert_eq!(out, b".\r\n");
    }
}
