//! A message while it comes in.

use super::Message;
use super::rest::{MAX_LINE, Rest};

/// Keeps the first bytes of a message as they are, and behind them what a reader will be shown as text: the parts' headers,
/// the beginning and the end of each text, a little of all else. A picture in front of the text hides nothing.
///
/// Limits: `limit` + [`Intake::REST`] bytes of memory, and time linear in the message.
#[derive(Debug, Default)]
pub struct Intake {
    message: Message,
    limit: usize,
    rest: Option<Box<Rest>>,
}

impl Intake {
    /// Of what lies behind the first `limit` bytes at most so many are kept.
    pub const REST: usize = 128 * 1024;

    /// An empty one that keeps the first `limit` bytes as they are.
    pub fn new(limit: usize) -> Self {
        Self { message: Message::default(), limit, rest: None }
    }

    /// How many bytes are kept.
    pub fn kept(&self) -> usize {
        self.message.raw.len()
    }

    /// How many bytes have come.
    pub fn size(&self) -> u64 {
        self.message.size
    }

    /// Makes room for so many more bytes, within the limit.
    pub fn reserve(&mut self, bytes: usize) {
        self.message.raw.reserve(bytes.min(self.limit.saturating_sub(self.kept())));
    }

    /// Takes what comes next.
    pub fn push(&mut self, bytes: &[u8]) {
        self.message.size = self.message.size.saturating_add(bytes.len() as u64);
        let room = if self.rest.is_some() { 0 } else { self.limit.saturating_sub(self.kept()) };
        let (first, behind) = bytes.split_at_checked(room).unwrap_or((bytes, &[]));
        self.message.raw.extend_from_slice(first);
        if behind.is_empty() {
            return;
        }
        if self.rest.is_none() {
            self.overflow();
        }
        if let Some(rest) = &mut self.rest {
            rest.push(behind, &mut self.message.raw);
        }
    }

    /// Counts bytes that are left out, whatever they say.
    pub fn leave_out(&mut self, bytes: u64) {
        self.message.size = self.message.size.saturating_add(bytes);
        self.message.truncated = true;
    }

    /// Whether nothing of what comes would be kept any more.
    pub fn is_full(&self) -> bool {
        self.rest.as_ref().is_some_and(|rest| rest.is_full())
    }

    /// The message.
    pub fn finish(mut self) -> Message {
        if let Some(mut rest) = self.rest.take() {
            rest.finish(&mut self.message.raw);
            self.message.has_unread_text = rest.has_lost_text();
        }
        self.message
    }

    /// From here on it is chosen what is kept: it begins with the line that the limit has cut.
    fn overflow(&mut self) {
        self.message.truncated = true;
        let raw = &mut self.message.raw;
        let lines_end = memchr::memrchr(b'\n', raw).map_or(0, |at| at + 1);
        let cut = if raw.len() - lines_end <= MAX_LINE { lines_end } else { raw.len() };
        let line = raw.split_off(cut);
        let mut rest = Box::new(Rest::behind(raw, Self::REST));
        rest.push(&line, raw);
        self.rest = Some(rest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LIMIT: usize = 1000;
    const TEXT: &str = "--b\r\nContent-Type: text/plain\r\n\r\nCheap pills\r\n--b--\r\n";

    fn kept(raw: &str) -> Message {
        Message::bounded(raw.as_bytes(), LIMIT)
    }

    fn has(message: &Message, text: &str) -> bool {
        String::from_utf8_lossy(&message.raw).contains(text)
    }

    fn mixed(first: &str, rest: &str) -> String {
        format!("Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n{first}{rest}")
    }

    fn picture(kilobytes: usize) -> String {
        let lines = format!("{}\r\n", "QUJD".repeat(19)).repeat(kilobytes * 1024 / 78);
        format!("--b\r\nContent-Type: image/jpeg\r\nContent-Transfer-Encoding: base64\r\n\r\n{lines}")
    }

    #[test]
    fn a_small_message_is_kept_as_it_is() {
        let raw = mixed("", TEXT);
        let message = kept(&raw);
        assert_eq!(
            (message.raw.as_slice(), message.size, message.truncated),
            (raw.as_bytes(), raw.len() as u64, false)
        );
    }

    #[test]
    fn what_stands_in_front_of_a_text_does_not_hide_it() {
        let preamble = "nothing to see\r\n".repeat(20_000);
        for before in [picture(300), picture(5000), preamble, picture(300).repeat(20)] {
            let message = kept(&mixed(&before, TEXT));
            assert!(message.truncated && !message.has_unread_text);
            assert!(has(&message, "Cheap pills\r\n--b--"), "{} bytes in front", before.len());
            assert!(message.raw.len() < LIMIT + Intake::REST / 2, "{} bytes are kept", message.raw.len());
        }
    }

    #[test]
    fn the_end_of_a_text_is_kept() {
        let comment = format!(
            "--b\r\nContent-Type: text/html\r\n\r\n<!-- {} -->Cheap pills\r\n--b--\r\n",
            "x y\r\n".repeat(400_000)
        );
        let message = kept(&mixed("", &comment));
        assert!(has(&message, "Cheap pills\r\n--b--"));
    }

    #[test]
    fn texts_that_do_not_fit_are_told() {
        let junk = format!("--b\r\nContent-Type: text/plain\r\n\r\n{}", "junk\r\n".repeat(30_000)).repeat(20);
        let message = kept(&mixed(&junk, TEXT));
        assert!(message.has_unread_text);
        assert!(message.raw.len() <= LIMIT + Intake::REST);
        let mut intake = Intake::new(LIMIT);
        intake.push(mixed(&junk, TEXT).as_bytes());
        assert!(intake.is_full());
    }

    #[test]
    fn attachments_behind_the_limit_are_known_by_their_headers() {
        let program = "--b\r\nContent-Type: text/plain; name=a.exe\r\nContent-Disposition:\r\n attachment; filename=a.exe\r\n\r\nMZ";
        let message = kept(&mixed(&picture(300), &format!("{program}{}\r\n--b--\r\n", "x\r\n".repeat(100_000))));
        assert!(has(&message, "filename=a.exe\r\n\r\nMZ"));
        assert!(message.raw.len() < LIMIT + 8 * 1024, "a file is no text: {}", message.raw.len());
    }

    #[test]
    fn lines_that_only_look_like_delimiters_are_text() {
        let text =
            "--b\r\nContent-Type: text/plain\r\n\r\n-- \r\nBob\r\n----\r\n--\u{2026} and so on\r\nmore\r\n--b--\r\n";
        assert!(has(&kept(&mixed(&picture(300), text)), text));
    }

    proptest! {
        #[test]
        fn it_is_the_same_in_whatever_pieces_it_comes(
            parts in proptest::collection::vec("(--b\r?\n)?(Content-Type: (text/plain|image/png|multipart/mixed)\r?\n)?\r?\n?[ab \r\n-]{0,300}", 0..20),
            size in 1usize..700,
        ) {
            let raw = mixed("", &parts.concat());
            let whole = Message::bounded(raw.as_bytes(), 200);
            let mut pieces = Intake::new(200);
            raw.as_bytes().chunks(size).for_each(|piece| pieces.push(piece));
            let pieces = pieces.finish();
            prop_assert_eq!(&pieces.raw, &whole.raw);
            prop_assert_eq!(pieces.size, raw.len() as u64);
            prop_assert!(whole.raw.len() <= 200 + Intake::REST);
        }
    }
}
