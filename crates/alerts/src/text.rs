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
    for word in unbreakable(line) {
        let indent = if lines.is_empty() { &first } else { &hanging };
        let room = indent.chars().count() + current.chars().count() + 1 + word.chars().count() <= WIDTH;
        if !current.is_empty() && !room {
            lines.push(format!("{indent}{}", std::mem::take(&mut current)));
        }
        if !current.is_empty() {
            current.push(' ');
        }
        current.push_str(&word);
    }
    let indent = if lines.is_empty() { first } else { hanging };
    lines.push(if current.is_empty() { current } else { indent + &current });
    lines.join("\n")
}

/// The words of the line. French sets a space before ":", ";", "?", "!" and inside « »: no line begins or ends with these.
fn unbreakable(line: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in line.split_whitespace() {
        match words.last_mut() {
            Some(last) if matches!(word, ":" | ";" | "?" | "!" | "»" | "»," | "».") || last.ends_with('«') => {
                last.push(' ');
                last.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
    }
    words
}

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
        let wrapped = wrap(&format!("{} nom : changez-le « ici » {}", "x".repeat(74), "mot ".repeat(20)));
        assert!(wrapped.contains("\nnom : changez-le « ici » mot"), "{wrapped}");
        let colon = wrap(&format!("{} : {}", "x".repeat(77), "y".repeat(9)));
        assert_eq!(colon, format!("{} :\n{}", "x".repeat(77), "y".repeat(9)));
    }

    proptest! {
        #[test]
        fn wrapping_loses_no_word(line in "[ a-z:«»-]{0,300}") {
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            prop_assert_eq!(words(&wrap(&line)), words(&line));
        }
    }
}
