//! One line of a server, and one string for it.

/// One line of a server.
#[derive(Debug, PartialEq, Eq)]
pub enum Line<'l> {
    /// `* SEARCH 3 7`: whether anything was found.
    Search(bool),
    /// Any other line that carries no tag, or asks to go on.
    Other,
    /// The end of our command, well.
    Done,
    /// The end of our command, or of the connection, with the reason.
    Refused(&'l str),
    /// What this client does not understand.
    Nonsense,
}

/// A line as text, its end left out: what is no UTF-8 or no printable character is marked.
pub fn text(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    text.trim_end_matches(['\r', '\n']).chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

/// Reads a line, its end left out, as an answer to the command with that tag. A greeting answers none: its tag is empty.
pub fn read<'l>(line: &'l str, tag: &str) -> Line<'l> {
    if announces_literal(line) {
        return Line::Nonsense;
    }
    let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
    match first {
        "+" if !tag.is_empty() => Line::Other,
        "*" => untagged(rest),
        first if !tag.is_empty() && first == tag => tagged(rest),
        _ => Line::Nonsense,
    }
}

/// `{12}`, and `{12+}` of RFC 7888, at the end of a line: so many bytes follow that are no lines.
fn announces_literal(line: &str) -> bool {
    let number = line.strip_suffix('}').and_then(|line| line.rsplit_once('{')).map(|(_, number)| number);
    number.is_some_and(|number| is_number(number.trim_end_matches(['+', '-'])))
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

fn untagged(rest: &str) -> Line<'_> {
    let mut words = rest.split_ascii_whitespace();
    match words.next() {
        Some(word) if word.eq_ignore_ascii_case("SEARCH") => found(words.next()),
        Some(word) if word.eq_ignore_ascii_case("BYE") => Line::Refused(rest),
        Some(_) => Line::Other,
        None => Line::Nonsense,
    }
}

fn found(first: Option<&str>) -> Line<'static> {
    match first {
        None => Line::Search(false),
        Some(number) if is_number(number) => Line::Search(true),
        Some(_) => Line::Nonsense,
    }
}

fn tagged(rest: &str) -> Line<'_> {
    let (word, _) = rest.split_once(' ').unwrap_or((rest, ""));
    if word.eq_ignore_ascii_case("OK") { Line::Done } else { Line::Refused(rest) }
}

/// A quoted string (RFC 3501 4.3); `None` for what needs a literal: control characters and anything beyond ASCII.
pub fn quoted(text: &str) -> Option<String> {
    let plain = text.chars().all(|c| c == ' ' || c.is_ascii_graphic());
    plain.then(|| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_are_told_apart() {
        for (line, expected) in [
            ("* SEARCH 3 7", Line::Search(true)),
            ("* search", Line::Search(false)),
            ("* SEARCH ((((", Line::Nonsense),
            ("* SEARCH -1", Line::Nonsense),
            ("* 3 EXISTS", Line::Other),
            ("* OK [UIDVALIDITY 1] ok", Line::Other),
            ("* OK imap.{region}.provider.example is ready, {you}", Line::Other),
            ("+ go on", Line::Other),
            ("a2 OK done", Line::Done),
            ("a2 NO [AUTHENTICATIONFAILED] wrong", Line::Refused("NO [AUTHENTICATIONFAILED] wrong")),
            ("a2 BAD what", Line::Refused("BAD what")),
            ("a2", Line::Refused("")),
            ("* BYE shutting down", Line::Refused("BYE shutting down")),
            ("a1 OK done", Line::Nonsense),
            ("a22 OK done", Line::Nonsense),
            ("* 1 FETCH (BODY[] {12}", Line::Nonsense),
            ("* 1 FETCH (BODY[] {4294967296}", Line::Nonsense),
            ("a2 OK {99999999999999999999999999+}", Line::Nonsense),
            ("* ", Line::Nonsense),
            ("*", Line::Nonsense),
            ("220 smtp.example ESMTP", Line::Nonsense),
            ("", Line::Nonsense),
            (" OK", Line::Nonsense),
        ] {
            assert_eq!(read(line, "a2"), expected, "{line}");
        }
    }

    #[test]
    fn a_greeting_is_no_answer_to_a_command() {
        for (line, expected) in [
            ("* OK ready", Line::Other),
            ("* PREAUTH ready", Line::Other),
            ("* BYE full", Line::Refused("BYE full")),
            (" OK ready", Line::Nonsense),
            ("+ go on", Line::Nonsense),
            ("a1 OK ready", Line::Nonsense),
        ] {
            assert_eq!(read(line, ""), expected, "{line}");
        }
    }

    #[test]
    fn what_is_nested_is_read_once() {
        let deep = format!("* LIST {}{}", "(".repeat(100_000), ")".repeat(100_000));
        assert_eq!(read(&deep, "a1"), Line::Other);
    }

    #[test]
    fn text_is_printable() {
        assert_eq!(text(b"* OK \0\x1b[2J\xff\tx\r\n"), "* OK ??[2J\u{fffd}?x");
    }

    proptest! {
        #[test]
        fn a_quoted_string_ends_where_it_should(text in "[ -~]{0,40}") {
            let quoted = quoted(&text).unwrap();
            let inside = &quoted[1..quoted.len() - 1];
            prop_assert!(!inside.replace("\\\\", "").replace("\\\"", "").contains('"'));
        }

        #[test]
        fn nothing_else_is_quoted(text in "[ -~]{0,5}[\\r\\n\\x00é][ -~]{0,5}") {
            prop_assert_eq!(quoted(&text), None);
        }
    }
}
