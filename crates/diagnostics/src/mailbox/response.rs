//! IMAP responses, as far as a look-up needs them (RFC 3501 7): sans-I/O.
//!
//! Four commands and their answers are all there is; a library would bring the whole protocol and a parser for what nobody asks
//! here. Literals (`{n}`) come in none of these answers: one ends the dialogue.

/// One line of a server.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line<'l> {
    /// `* SEARCH 3 7`: whether anything was found.
    Search(bool),
    /// Any other line that carries no tag, or asks to go on.
    Other,
    /// The end of our command, well.
    Done,
    /// The end of our command, with the reason why not.
    Refused(&'l str),
    /// What this client does not understand.
    Nonsense,
}

/// Reads a line, its end left out, as an answer to the command with that tag.
pub(super) fn read<'l>(line: &'l str, tag: &str) -> Line<'l> {
    if line.ends_with('}') && line.contains('{') {
        return Line::Nonsense;
    }
    let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
    match first {
        "+" => Line::Other,
        "*" => untagged(rest),
        first if first == tag => tagged(rest),
        _ => Line::Nonsense,
    }
}

fn untagged(rest: &str) -> Line<'_> {
    let mut words = rest.split_ascii_whitespace();
    match words.next() {
        Some(word) if word.eq_ignore_ascii_case("SEARCH") => Line::Search(words.next().is_some()),
        Some(word) if word.eq_ignore_ascii_case("BYE") => Line::Refused(rest),
        Some(_) => Line::Other,
        None => Line::Nonsense,
    }
}

fn tagged(rest: &str) -> Line<'_> {
    let (word, _) = rest.split_once(' ').unwrap_or((rest, ""));
    if word.eq_ignore_ascii_case("OK") { Line::Done } else { Line::Refused(rest) }
}

/// A quoted string (RFC 3501 4.3); `None` for what needs a literal: control characters and anything beyond ASCII.
pub(super) fn quoted(text: &str) -> Option<String> {
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
            ("* 3 EXISTS", Line::Other),
            ("* OK [UIDVALIDITY 1] ok", Line::Other),
            ("+ go on", Line::Other),
            ("a2 OK done", Line::Done),
            ("a2 NO [AUTHENTICATIONFAILED] wrong", Line::Refused("NO [AUTHENTICATIONFAILED] wrong")),
            ("a2 BAD what", Line::Refused("BAD what")),
            ("* BYE shutting down", Line::Refused("BYE shutting down")),
            ("a1 OK done", Line::Nonsense),
            ("* 1 FETCH (BODY[] {12}", Line::Nonsense),
            ("220 smtp.example ESMTP", Line::Nonsense),
            ("", Line::Nonsense),
        ] {
            assert_eq!(read(line, "a2"), expected, "{line}");
        }
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
