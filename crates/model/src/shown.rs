//! Text of strangers as people may see it.

use std::fmt;

/// Controls, and the bidirectional formatting characters of UAX #9: they drive a terminal, turn a line around, or make one
/// name look like another.
pub fn deceives(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
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
    fn a_terminal_gets_nothing_that_moves_it_or_turns_a_line_around() {
        let text = "a\tb\u{1b}]0;c\u{7}\n\u{202e}d\u{9b}2J\u{7f}é\r\u{2069}";
        let shown = Shown(text).to_string();
        assert_eq!(shown, "a\tb\\u001b]0;c\\u0007\n\\u202ed\\u009b2J\\u007fé\\u000d\\u2069");
        assert_eq!(Shown("").to_string(), "");
    }
}
