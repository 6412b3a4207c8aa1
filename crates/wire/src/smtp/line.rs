//! Command lines: CRLF ends a line, and nothing else does.
//!
//! Security: a bare LF or CR in a command is what a smuggled message looks like from the receiving side. It is an error
//! after which a connection can't be trusted any more, never a line end.

use bytes::BytesMut;

/// The longest command line without CRLF: RFC 5321's 512 with the growth of SIZE, 8BITMIME, DSN, AUTH and SMTPUTF8.
pub const MAX_COMMAND: usize = 4096;
/// The longest line of an AUTH exchange (RFC 4954 4.3).
pub const MAX_AUTH: usize = 12_288;

/// Why no line can be taken; the connection ends with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// More bytes than a line may have.
    #[error("line too long")]
    TooLong,
    /// A CR or LF that is no CRLF.
    #[error("bare CR or LF in a command line")]
    BareLineEnd,
    /// A NUL or another control character that isn't a tab.
    #[error("control character in a command line")]
    Control,
}

/// Takes the first line out of the buffer, without its CRLF; `None` while it isn't complete.
///
/// # Errors
/// When the line is longer than `max`, or isn't a clean line.
pub fn take_line(buffer: &mut BytesMut, max: usize) -> Result<Option<BytesMut>, LineError> {
    let Some(end) = memchr::memchr(b'\n', buffer) else {
        return if buffer.len() > max + 1 { Err(LineError::TooLong) } else { Ok(None) };
    };
    let mut line = buffer.split_to(end.saturating_add(1));
    let content = line.strip_suffix(b"\r\n").ok_or(LineError::BareLineEnd)?.len();
    line.truncate(content);
    match line.iter().find(|byte| byte.is_ascii_control() && **byte != b'\t') {
        None if content > max => Err(LineError::TooLong),
        None => Ok(Some(line)),
        Some(b'\r') => Err(LineError::BareLineEnd),
        Some(_) => Err(LineError::Control),
    }
}

/// The first line without its CRLF, left where it is; `None` while it isn't complete, or when [`take_line`] would refuse it.
pub fn peek_line(buffer: &[u8], max: usize) -> Option<&[u8]> {
    let end = memchr::memchr(b'\n', buffer)?;
    let line = buffer.get(..end)?.strip_suffix(b"\r")?;
    let is_clean = line.iter().all(|byte| !byte.is_ascii_control() || *byte == b'\t');
    (is_clean && line.len() <= max).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(text: &[u8]) -> (Result<Option<Vec<u8>>, LineError>, usize) {
        let mut buffer = BytesMut::from(text);
        let line = take_line(&mut buffer, 16).map(|line| line.map(|line| line.to_vec()));
        (line, buffer.len())
    }

    #[test]
    fn a_line_ends_in_crlf_only() {
        assert_eq!(take(b"NOOP\r\nQUIT"), (Ok(Some(b"NOOP".to_vec())), 4));
        assert_eq!(take(b"NOOP\r").0, Ok(None));
        assert_eq!(take(b"NOOP\nQUIT\r\n").0, Err(LineError::BareLineEnd));
        assert_eq!(take(b"NO\rOP\r\n").0, Err(LineError::BareLineEnd));
        assert_eq!(take(b"NOOP\r\r\n").0, Err(LineError::BareLineEnd));
        assert_eq!(take(b"NO\0OP\r\n").0, Err(LineError::Control));
    }

    #[test]
    fn what_is_peeked_is_what_would_be_taken() {
        for text in [&b"NOOP\r\nQUIT"[..], b"NOOP\r", b"NOOP\n", b"NO\rOP\r\n", b"NO\0OP\r\n", b"0123456789abcdefg\r\n"]
        {
            assert_eq!(peek_line(text, 16).map(<[u8]>::to_vec), take(text).0.unwrap_or(None));
        }
    }

    #[test]
    fn a_line_is_bounded_complete_or_not() {
        assert_eq!(take(b"0123456789abcdef\r\n").0, Ok(Some(b"0123456789abcdef".to_vec())));
        assert_eq!(take(b"0123456789abcdefg\r\n").0, Err(LineError::TooLong));
        assert_eq!(take(b"0123456789abcdef\r").0, Ok(None));
        assert_eq!(take(b"0123456789abcdefgh").0, Err(LineError::TooLong));
    }
}
