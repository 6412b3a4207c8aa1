//! The text of a refusal as MTAs expect it from a milter.
//!
//! Security: Sendmail takes the text for a format: a single `%` makes it drop the whole reply, so each is doubled. Postfix
//! 3.7 reads beyond a text whose NUL is missing; [`super::Reply::encode`] adds the one NUL there is.

use model::Refusal;

/// libmilter's bound on the lines of a reply.
const MAX_LINES: usize = 32;
/// RFC 5321 4.5.3.1.5 bounds a reply line to 512 bytes, code and CRLF included.
const MAX_TEXT: usize = Refusal::MAX_TEXT;

/// A refusal's code, enhanced status code and lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyText(Vec<u8>);

impl ReplyText {
    /// The refusal's words; a line feed in them begins another line with the same codes (RFC 5321 4.2.1).
    ///
    /// 421 becomes 451: an MTA would close the SMTP session for it, and Sendmail forgets the text. A code outside 4xx and
    /// 5xx becomes 451 too, since MTAs take it for a broken milter.
    pub fn new(refusal: &Refusal) -> Self {
        let code = if refusal.code == 421 || !(400..600).contains(&refusal.code) { 451 } else { refusal.code };
        let [_, subject, detail] = refusal.enhanced;
        // The class must be the code's, or the MTA drops the reply.
        let codes = (code, format!("{}.{subject}.{detail}", code / 100));
        let mut lines = refusal.text.lines().take(MAX_LINES).peekable();
        let mut out = Vec::new();
        write_line(&mut out, &codes, lines.next().unwrap_or_default(), lines.peek().is_none());
        while let Some(line) = lines.next() {
            out.extend_from_slice(b"\r\n");
            write_line(&mut out, &codes, line, lines.peek().is_none());
        }
        Self(out)
    }

    /// The bytes without their NUL.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

fn write_line(out: &mut Vec<u8>, (code, enhanced): &(u16, String), text: &str, last: bool) {
    let separator = if last { ' ' } else { '-' };
    out.extend_from_slice(format!("{code}{separator}{enhanced} ").as_bytes());
    for byte in text.bytes().take(MAX_TEXT) {
        match byte {
            b'%' => out.extend_from_slice(b"%%"),
            b' '..=b'~' => out.push(byte),
            _ => out.push(b'?'),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(code: u16, enhanced: [u8; 3], text: &str) -> String {
        let refusal = Refusal { code, enhanced, text: text.into(), retry_after: None };
        String::from_utf8(ReplyText::new(&refusal).0).unwrap()
    }

    #[test]
    fn percent_signs_are_doubled_and_lines_share_their_codes() {
        assert_eq!(text(550, [5, 7, 1], "100% spam"), "550 5.7.1 100%% spam");
        assert_eq!(text(550, [5, 7, 1], "one\r\ntwo\nthree"), "550-5.7.1 one\r\n550-5.7.1 two\r\n550 5.7.1 three");
        assert_eq!(text(451, [4, 7, 1], ""), "451 4.7.1 ");
    }

    #[test]
    fn codes_an_mta_would_not_take_are_made_right() {
        assert_eq!(text(421, [4, 7, 0], "later"), "451 4.7.0 later");
        assert_eq!(text(550, [4, 7, 1], "no"), "550 5.7.1 no");
        assert_eq!(text(250, [2, 0, 0], "ok"), "451 4.0.0 ok");
    }

    proptest! {
        #[test]
        fn no_text_breaks_out(code: u16, enhanced: [u8; 3], words in "\\PC*|[\\x00-\\x7f]{0,2000}") {
            let shown = text(code, enhanced, &words);
            prop_assert!(shown.bytes().all(|byte| matches!(byte, b'\r' | b'\n' | b' '..=b'~')));
            prop_assert!(!shown.replace("%%", "").contains('%'));
            let lines: Vec<_> = shown.split("\r\n").collect();
            prop_assert!(lines.len() <= MAX_LINES);
            for (number, line) in lines.iter().enumerate() {
                prop_assert!(line.starts_with(&shown[..3]) && matches!(shown.as_bytes()[0], b'4' | b'5'));
                prop_assert_eq!(&line[3..4] == " ", number + 1 == lines.len());
                prop_assert!(!line.contains(['\r', '\n']));
            }
        }
    }
}
