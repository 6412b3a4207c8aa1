//! Replies (RFC 5321 4.2): read from a next hop, bounded, and handed on word for word.
//!
//! Security: control characters in a next hop's text become `?`, so that a reply can't hold a second one.

use bytes::{Buf, Bytes, BytesMut};

/// The longest reply that is read, all its lines together.
const MAX: usize = 32 * 1024;

/// A whole reply, one or several lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    code: u16,
    wire: Bytes,
}

/// Why a next hop's bytes are no reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReplyError {
    /// Not three digits and a separator, or lines of different codes.
    #[error("the next hop's reply is malformed")]
    Malformed,
    /// More than 32 KiB.
    #[error("the next hop's reply is too long")]
    TooLong,
}

impl Reply {
    /// A reply of ours: `451 4.4.1 text`, one line, without CRLF. A text that doesn't begin with a code is a 451.
    pub fn of(line: &str) -> Self {
        let code = line.get(..3).and_then(|digits| digits.parse().ok()).unwrap_or(451);
        Self { code, wire: Bytes::from(format!("{line}\r\n")) }
    }

    /// A reply of ours in several lines.
    pub fn lines(code: u16, texts: &[String]) -> Self {
        let last = texts.len().saturating_sub(1);
        let line = |(at, text): (usize, &String)| format!("{code}{}{text}\r\n", if at == last { ' ' } else { '-' });
        Self { code, wire: Bytes::from(texts.iter().enumerate().map(line).collect::<String>()) }
    }

    /// The code, 200 to 599.
    pub fn code(&self) -> u16 {
        self.code
    }

    /// Whether the command was accepted (2yz).
    pub fn is_positive(&self) -> bool {
        self.code / 100 == 2
    }

    /// The reply as it goes to a client, with CRLF.
    pub fn as_bytes(&self) -> &[u8] {
        &self.wire
    }

    /// The texts of its lines, without code and separator.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let lines = self.wire.split(|byte| *byte == b'\n');
        lines.filter_map(|line| std::str::from_utf8(line.get(4..)?).ok()).map(str::trim_end)
    }
}

/// Takes a whole reply out of the buffer; `None` while its last line is missing. LF alone ends a line here too.
///
/// # Errors
/// When the bytes are no reply; the connection to the next hop is of no use then.
pub fn take_reply(buffer: &mut BytesMut) -> Result<Option<Reply>, ReplyError> {
    let mut wire = BytesMut::new();
    let mut rest = buffer.as_ref();
    let mut code = None;
    while let Some(end) = memchr::memchr(b'\n', rest) {
        let (line, next) = rest.split_at_checked(end.saturating_add(1)).ok_or(ReplyError::Malformed)?;
        let (this, is_last) = head(line).ok_or(ReplyError::Malformed)?;
        if *code.get_or_insert(this) != this {
            return Err(ReplyError::Malformed);
        }
        append(line, &mut wire);
        rest = next;
        if wire.len() > MAX {
            return Err(ReplyError::TooLong);
        }
        if is_last {
            let taken = buffer.len() - rest.len();
            buffer.advance(taken);
            return Ok(Some(Reply { code: this, wire: wire.freeze() }));
        }
    }
    if buffer.len() > MAX { Err(ReplyError::TooLong) } else { Ok(None) }
}

/// The code, and whether the line is the last.
fn head(line: &[u8]) -> Option<(u16, bool)> {
    let code = std::str::from_utf8(line.get(..3)?).ok()?;
    let code = code.bytes().all(|b| b.is_ascii_digit()).then(|| code.parse().ok())??;
    let is_last = match line.get(3..)? {
        [b' ', ..] | b"\r\n" | b"\n" => true,
        [b'-', ..] => false,
        _ => return None,
    };
    (200..600).contains(&code).then_some((code, is_last))
}

fn append(line: &[u8], wire: &mut BytesMut) {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    wire.extend(line.iter().map(|byte| if byte.is_ascii_control() { b'?' } else { *byte }));
    if line.len() == 3 {
        wire.extend_from_slice(b" ");
    }
    wire.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(text: &[u8]) -> Result<Option<(u16, String)>, ReplyError> {
        let reply = take_reply(&mut BytesMut::from(text))?;
        Ok(reply.map(|reply| (reply.code(), String::from_utf8_lossy(reply.as_bytes()).into_owned())))
    }

    #[test]
    fn a_reply_is_complete_with_its_last_line_and_verbatim() {
        let text = "250-mx.example at your service\r\n250-SIZE 1000\r\n250 DSN\r\n";
        assert_eq!(take(text.as_bytes()), Ok(Some((250, text.into()))));
        assert_eq!(take(b"250-a\r\n250-b\r\n"), Ok(None));
        assert_eq!(take(b"354\r\n"), Ok(Some((354, "354 \r\n".into()))));
        assert_eq!(take(b"250 ok\n"), Ok(Some((250, "250 ok\r\n".into()))));
    }

    #[test]
    fn the_next_reply_stays_in_the_buffer() {
        let mut buffer = BytesMut::from(&b"250 a\r\n354 b\r\n"[..]);
        assert_eq!(take_reply(&mut buffer).unwrap().map(|reply| reply.code()), Some(250));
        assert_eq!(buffer.as_ref(), b"354 b\r\n");
    }

    #[test]
    fn what_is_no_reply_is_an_error() {
        for text in
            [&b"hello\r\n"[..], b"250-a\r\n550 b\r\n", b"999 x\r\n", b"2x0 a\r\n", b"\r\n", b"250?a\r\n", b"250\ra\r\n"]
        {
            assert_eq!(take(text), Err(ReplyError::Malformed), "{}", String::from_utf8_lossy(text));
        }
        assert_eq!(take(&vec![b'2'; MAX + 1]), Err(ReplyError::TooLong));
        assert_eq!(take("250-x\r\n".repeat(MAX).as_bytes()), Err(ReplyError::TooLong));
    }

    #[test]
    fn a_text_cannot_hold_a_second_reply() {
        assert_eq!(take(b"550 a\r250 b\0\r\n"), Ok(Some((550, "550 a?250 b?\r\n".into()))));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(text in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
            if let Ok(Some((_, wire))) = take(&text) {
                proptest::prop_assert!(wire.ends_with("\r\n"));
            }
        }
    }
}
