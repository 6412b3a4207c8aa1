//! Hostile text made harmless, and lines of a width that mail programs show.

use model::names::bounded;
use model::shown::deceives;

/// RFC 5322 2.1.1: lines should be no longer than this, in characters.
const WIDTH: usize = 78;

/// The text on one line, at most `max` bytes: whatever could start a header, move the cursor or turn the direction of
/// writing becomes `?`.
pub(crate) fn clean(text: &str, max: usize) -> String {
    bounded(text, max).chars().map(|c| if deceives(c) { '?' } else { c }).collect()
}

/// The line broken at spaces; a word that is too long keeps a line of its own. Further lines are indented as the first,
/// or as the text behind its number or dash.
pub(crate) fn wrap(line: &str) -> String {
    let first = " ".repeat(line.len() - line.trim_start_matches(' ').len());
    let hanging = format!("{first}{}", " ".repeat(mark(line.trim_start_matches(' '))));
    let mut lines = Vec::new();
    let mut current = String::new();
    for word in line.split([' ', '\t']).filter(|word| !word.is_empty()) {
        let indent = if lines.is_empty() { &first } else { &hanging };
        let room = indent.chars().count() + current.chars().count() + 1 + word.chars().count() <= WIDTH;
        if !current.is_empty() && !room {
            lines.push(format!("{indent}{}", std::mem::take(&mut current)));
        }
        if !current.is_empty() {
            current.push(' ');
        }
        current.push_str(word);
    }
    let indent = if lines.is_empty() { first } else { hanging };
    lines.push(if current.is_empty() { current } else { indent + &current });
    lines.join("\n")
}

/// French text with the spaces that don't break before ":", ";", "?", "!" and inside « », so that no line begins or ends with
/// these, wherever it is broken. Templates hold plain ones, which everybody can type and see.
pub(crate) fn french(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len() + text.len() / 50);
    let mut rest = text.chars().peekable();
    let mut before = '\n';
    while let Some(c) = rest.next() {
        let binds =
            before == '«' || (!before.is_whitespace() && rest.peek().is_some_and(|next| ":;?!»".contains(*next)));
        spaced.push(if c == ' ' && binds { NO_BREAK } else { c });
        before = c;
    }
    spaced
}

/// U+00A0, which every mail program shows as a space.
pub(crate) const NO_BREAK: char = '\u{a0}';

/// How wide "1. " or "- " at the beginning is.
fn mark(line: &str) -> usize {
    if line.starts_with("- ") {
        return 2;
    }
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let is_item = (1..=3).contains(&digits) && line.get(digits..).is_some_and(|rest| rest.starts_with(". "));
    if is_item { digits + 2 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hostile_text_stays_on_its_line() {
        assert_eq!(clean("a\r\nBcc: eve\0\u{1b}[2J\u{202e}x", 99), "a??Bcc: eve??[2J?x");
        assert_eq!(clean("\u{e9}\u{e9}", 3), "\u{e9}");
    }

    #[test]
    fn lines_are_broken_at_spaces() {
        let wrapped = wrap(&format!("  {}", "word ".repeat(30)));
        assert!(wrapped.lines().all(|line| line.starts_with("  word") && line.len() <= WIDTH), "{wrapped}");
        assert_eq!(wrap(""), "");
        let item = wrap(&format!(" 12. {}", "word ".repeat(30)));
        assert!(item.starts_with(" 12. word") && item.contains("\n     word"), "{item}");
        let dash = wrap(&format!("- {}", "word ".repeat(30)));
        assert!(dash.starts_with("- word") && dash.contains("\n  word"), "{dash}");
        let long = "x".repeat(100);
        assert_eq!(wrap(&format!("a {long} b")), format!("a\n{long}\nb"));
    }

    #[test]
    fn no_line_begins_with_a_french_colon() {
        let wrapped = wrap(&french(&format!("{} nom : changez-le « ici » {}", "x".repeat(74), "mot ".repeat(20))));
        assert!(wrapped.contains("\nnom\u{a0}: changez-le «\u{a0}ici\u{a0}» mot"), "{wrapped}");
        let colon = wrap(&french(&format!("{} : {}", "x".repeat(77), "y".repeat(9))));
        assert_eq!(colon, format!("{}\u{a0}:\n{}", "x".repeat(77), "y".repeat(9)));
        assert_eq!(french("  :-) a: b\n ; <i>ici ?</i>"), "  :-) a: b\n ; <i>ici\u{a0}?</i>");
    }

    proptest! {
        #[test]
        fn wrapping_loses_no_word(line in "[ a-z:«»-]{0,300}") {
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            prop_assert_eq!(words(&wrap(&line)), words(&line));
        }
    }
}
