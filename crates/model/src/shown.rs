//! Text of strangers as people may see it.

use std::borrow::Cow;
use std::fmt;

/// Controls, separators of lines and paragraphs, the bidirectional formatting characters of UAX #9, and such as can't be seen: they
/// drive a terminal, turn a line around, or make one name look like another. The joiners of emoji and of Persian are left alone.
pub fn deceives(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        )
}

/// The text on one line, with U+FFFD in place of each character that deceives.
pub fn honest(text: &str) -> Cow<'_, str> {
    if text.contains(deceives) { Cow::Owned(text.replace(deceives, "\u{fffd}")) } else { Cow::Borrowed(text) }
}

/// What is written to a terminal, with characters that deceive written as `\u001b` but for line ends and tabs. All of them have four
/// digits, so JSON means the same as before.
pub struct Shown<T>(pub T);

impl<T: fmt::Display> fmt::Display for Shown<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Write::write_fmt(&mut Guard(f), format_args!("{}", self.0))
    }
}

struct Guard<'g, 'f>(&'g mut fmt::Formatter<'f>);

impl fmt::Write for Guard<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let harmless = |character| matches!(character, '\n' | '\t') || !deceives(character);
        for part in text.split_inclusive(|character| !harmless(character)) {
            match part.chars().next_back().filter(|last| !harmless(*last)) {
                Some(last) => {
                    self.0.write_str(part.strip_suffix(last).unwrap_or_default())?;
                    write!(self.0, "\\u{:04x}", u32::from(last))?;
                }
                None => self.0.write_str(part)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_turns_a_line_or_moves_the_cursor_is_replaced() {
        let hostile = "a\r\nb\u{1b}[2J\u{202e}c\u{feff}";
        assert_eq!(honest(hostile), "a\u{fffd}\u{fffd}b\u{fffd}[2J\u{fffd}c\u{fffd}");
        let plain = "G\u{fc}n\u{a0}\u{1f468}\u{200d}\u{1f469} \u{645}\u{6cc}\u{200c}\u{62e}";
        assert!(matches!(honest(plain), Cow::Borrowed(text) if text == plain));
    }

    #[test]
    fn a_terminal_gets_nothing_that_moves_it_or_turns_a_line_around() {
        let text = "a\tb\u{1b}]0;c\u{7}\n\u{202e}d\u{9b}2J\u{7f}é\r\u{2069}";
        let shown = Shown(text).to_string();
        assert_eq!(shown, "a\tb\\u001b]0;c\\u0007\n\\u202ed\\u009b2J\\u007fé\\u000d\\u2069");
        assert_eq!(Shown("").to_string(), "");
    }
}
