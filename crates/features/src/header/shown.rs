//! A header line as people read it: encoded words (RFC 2047) decoded, characters that deceive replaced.
//!
//! Security: whoever sent the message wrote it. What was encoded gets no meaning by being decoded: a line end begins no
//! field, and an address inside a name stands in quotation marks. Of a long line a bounded part is read.

use model::names::bounded;
use model::shown::honest;

use super::MAX_TEXT;
use super::words::{self, Words};
use crate::parser;

/// Fields that hold addresses, in which a name may look like one.
const ADDRESSES: [&str; 6] = ["from", "to", "cc", "bcc", "reply-to", "sender"];

/// One unfolded line of a header, as [`evidence_headers`](crate::evidence_headers) has it, for people; at most 4096 bytes.
/// Words in a charset nobody knows stay as they are; of one that was cut off only "…" remains.
pub fn shown_header(line: &str) -> String {
    let is_address =
        line.split_once(':').is_some_and(|(name, _)| ADDRESSES.iter().any(|one| name.eq_ignore_ascii_case(one)));
    let mut rest = bounded(line, MAX_TEXT);
    let mut shown = String::with_capacity(rest.len());
    while let Some((before, words, after)) = next_words(rest) {
        shown.push_str(before);
        shown.push_str(&read(words, is_address && !before.ends_with('"')));
        rest = after;
    }
    shown.push_str(&without_stump(rest));
    bounded(&honest(&shown), MAX_TEXT).to_owned()
}

/// What stands before the next encoded words, these, and what follows. White space between two is none (RFC 2047 6.2).
fn next_words(text: &str) -> Option<(&str, &str, &str)> {
    let (start, mut end) = text.match_indices("=?").find_map(|(at, _)| Some((at, at + word(text.get(at..)?)?)))?;
    while let Some(next) = following(text.get(end..)?) {
        end += next;
    }
    Some((text.get(..start)?, text.get(start..end)?, text.get(end..)?))
}

/// How long the white space and the word are with which the text begins.
fn following(text: &str) -> Option<usize> {
    let word_at = text.trim_start_matches([' ', '\t']);
    Some(text.len() - word_at.len() + word(word_at)?)
}

/// How long the encoded word is with which the text begins: `=?charset?encoding?text?=`.
fn word(text: &str) -> Option<usize> {
    let inside = text.strip_prefix("=?")?;
    let (charset, rest) = inside.split_once('?')?;
    let (encoding, rest) = rest.split_once('?')?;
    let (held, _) = rest.split_once('?')?;
    let is_word = !charset.is_empty() && !charset.contains(char::is_whitespace) && encoding.len() == 1;
    let length = 2 + charset.len() + 1 + encoding.len() + 1 + held.len() + 2;
    (is_word && text.get(..length)?.ends_with("?=")).then_some(length)
}

/// Encoded words as text; what can't be read stays. A name that holds what stands between addresses is quoted, so that it is
/// none itself: the address that was really sent is the one outside.
fn read(words: &str, may_quote: bool) -> String {
    if words::judge(words.as_bytes()) == Words::Unreadable {
        return words.to_owned();
    }
    let text = parser::unstructured(words.as_bytes());
    let looks_like_address = text.contains(['<', '>', '@', ',', ';', ':', '"']);
    match text {
        text if text.is_empty() => words.to_owned(),
        text if may_quote && looks_like_address => format!("\"{}\"", text.replace('"', "'")),
        text => text,
    }
}

/// The line's end without a word that the bound of what is kept has cut through.
fn without_stump(text: &str) -> String {
    let stump = text.rfind("=?").filter(|at| text.get(*at..).is_some_and(is_stump));
    match stump.and_then(|at| text.get(..at)) {
        Some(before) => format!("{before}\u{2026}"),
        None => text.to_owned(),
    }
}

/// `=?utf-8?B?R3LDv`: a word without its end, at the end of the line.
fn is_stump(text: &str) -> bool {
    let mut parts = text.trim_start_matches("=?").splitn(3, '?');
    let (charset, encoding, held) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    let known = parser::charset_is_known(charset.split('*').next().unwrap_or_default());
    let encoded = encoding.is_some_and(|encoding| ["q", "Q", "b", "B"].contains(&encoding));
    known && encoded && held.is_some_and(|held| !held.trim_end_matches('?').contains(['?', ' ']))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn encoded_words_are_read_in_their_charsets() {
        for (line, shown) in [
            ("Subject: =?utf-8?B?R3LDvMOfZQ==?= aus =?iso-8859-1?Q?K=F6ln?=", "Subject: Grüße aus Köln"),
            ("Subject: =?UTF-8?Q?Gr=C3=BC?= \t=?utf-8*de?q?=C3=9Fe_dich?=", "Subject: Grüße dich"),
            ("Subject: =?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "Subject: 日本"),
            ("Subject: plain, 2 =? 3 and =?x", "Subject: plain, 2 =? 3 and =?x"),
            ("From: =?utf-8?q?Caf=C3=A9?= <bob@shop.example>", "From: Café <bob@shop.example>"),
            ("", ""),
        ] {
            assert_eq!(shown_header(line), shown);
        }
    }

    #[test]
    fn what_nobody_can_read_stays_and_a_stump_is_left_out() {
        let unknown = "Subject: =?x-klingon?Q?Qapla?= now";
        assert_eq!(shown_header(unknown), unknown);
        let broken = "Subject: =?utf-8?B?%%%?= and =?utf-8?x?abc?=";
        assert_eq!(shown_header(broken), broken);
        assert_eq!(shown_header("Subject: =?utf-8?B?R3LDvMOfZQ==?= =?utf-8?B?R3LDv"), "Subject: Grüße \u{2026}");
        assert_eq!(shown_header("Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?"), "Subject: \u{2026}");
    }

    #[test]
    fn what_was_encoded_begins_no_line_turns_none_and_is_no_address() {
        let encoded = |name: &str, text: &str| {
            let bytes: String = text.bytes().map(|byte| format!("={byte:02X}")).collect();
            shown_header(&format!("{name}: =?utf-8?Q?{bytes}?= <thief@shop.example>"))
        };
        let subject = encoded("Subject", "a\r\nBcc: eve\u{1b}[2J\u{202e}\u{2066}\u{9b}\u{200b}b");
        assert_eq!(
            subject,
            "Subject: a\u{fffd}\u{fffd}Bcc: eve\u{fffd}[2J\u{fffd}\u{fffd}\u{fffd}\u{fffd}b <thief@shop.example>"
        );
        let from = encoded("From", "Bank <security@bank.example>, \"x\"");
        assert_eq!(from, "From: \"Bank <security@bank.example>, 'x'\" <thief@shop.example>");
        let quoted = shown_header("From: \"=?utf-8?Q?Bank=40x?=\" <thief@shop.example>");
        assert_eq!(quoted, "From: \"Bank@x\" <thief@shop.example>");
        assert_eq!(shown_header("To: bob \u{202e}raw\u{7}"), "To: bob \u{fffd}raw\u{fffd}");
    }

    #[test]
    fn a_huge_line_is_bounded() {
        for word in ["=?utf-8?B?YQ==?= ", "=?utf-8?q?=", "=?", "=?utf-8?B?w6nDqcOpw6k=?="] {
            let line = format!("Subject: {}", word.repeat(50_000));
            assert!(shown_header(&line).len() <= MAX_TEXT, "{word}");
        }
    }

    proptest! {
        #[test]
        fn no_line_is_too_strange(line in "[a-zA-Z: ]{0,9}((=\\?(utf-8|iso-8859-1|gb2312|utf-7)\\?[bqBQx]\\?[ -~]{0,20}\\?=)|.| ){0,30}") {
            let shown = shown_header(&line);
            prop_assert!(shown.len() <= MAX_TEXT && !shown.contains(model::shown::deceives), "{shown:?}");
        }
    }
}
