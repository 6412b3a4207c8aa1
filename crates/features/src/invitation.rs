//! Invitations (RFC 5545): mail programs show them unasked, so that what they say is as good as the text.

use model::features::TextFacts;

use crate::bytes;
use crate::limits::MAX_TEXT;

/// Invitations are read up to here, all together, in bytes.
const MAX: usize = 32 * 1024;

/// The properties whose values are shown to the one who is invited (RFC 5545 3.8.1).
const SHOWN: [&str; 4] = ["SUMMARY", "DESCRIPTION", "LOCATION", "COMMENT"];

/// So many lines are held against the text; real invitations have fewer.
const COMPARED: usize = 60;

/// What the invitations of a message say.
#[derive(Debug, Default)]
pub(crate) struct Invitation {
    whole: String,
    shown: String,
}

impl Invitation {
    /// How much more is read, in bytes.
    pub(crate) fn room(&self) -> usize {
        MAX.saturating_sub(self.whole.len())
    }

    /// All of it, for the links.
    pub(crate) fn whole(&self) -> &str {
        &self.whole
    }

    /// Reads one.
    pub(crate) fn read(&mut self, text: &str) {
        // Lines are folded (RFC 5545 3.1).
        let text = text.replace("\n ", "").replace("\n\t", "");
        for value in text.lines().filter_map(shown) {
            bytes::push_bounded(&mut self.shown, &unescaped(value), MAX);
            bytes::push_bounded(&mut self.shown, "\n", MAX);
        }
        bytes::push_bounded(&mut self.whole, &unescaped(&text), MAX);
    }

    /// Adds what it says to the text, unless the text says it too, as calendar programs have it.
    pub(crate) fn add_what_is_new(&self, text: &mut TextFacts) {
        if self.shown.trim().is_empty() {
            return;
        }
        let known = [squeezed(&text.plain), squeezed(&text.html)];
        for (number, line) in self.shown.lines().enumerate() {
            let said = squeezed(line);
            let is_known = number < COMPARED && known.iter().any(|known| known.contains(&said));
            if !said.is_empty() && !is_known {
                bytes::push_bounded(&mut text.plain, line, MAX_TEXT);
                bytes::push_bounded(&mut text.plain, "\n", MAX_TEXT);
            }
        }
    }
}

/// The value of a line whose property is shown.
fn shown(line: &str) -> Option<&str> {
    let name = line.split([':', ';']).next()?;
    let is_shown = SHOWN.iter().any(|shown| shown.eq_ignore_ascii_case(name));
    is_shown.then(|| value(line)).flatten()
}

/// What stands behind the first colon that is in no quoted parameter.
fn value(line: &str) -> Option<&str> {
    let mut quoted = false;
    let colon = line.char_indices().find(|(_, c)| {
        quoted ^= *c == '"';
        *c == ':' && !quoted
    });
    colon.and_then(|(at, _)| line.get(at + 1..))
}

/// Line ends, commas and semicolons inside a value are escaped (RFC 5545 3.3.11).
fn unescaped(value: &str) -> String {
    value.replace("\\n", "\n").replace("\\N", "\n").replace("\\,", ",").replace("\\;", ";")
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALENDAR: &str = "BEGIN:VEVENT\nSUMMARY;LANGUAGE=\"en:us\":Your prize\nDESCRIPTION:Claim it\n  now\\, at\\nhttps://prize.example/\n\
                            UID:Secret\nEND:VEVENT\n";

    fn with(plain: &str, html: &str) -> String {
        let mut invitation = Invitation::default();
        invitation.read(CALENDAR);
        let mut text = TextFacts { plain: plain.into(), html: html.into(), ..TextFacts::default() };
        invitation.add_what_is_new(&mut text);
        text.plain
    }

    #[test]
    fn what_it_says_is_text() {
        assert_eq!(with("", ""), "Your prize\nClaim it now, at\nhttps://prize.example/\n");
        let mut invitation = Invitation::default();
        invitation.read(CALENDAR);
        assert!(invitation.whole().contains("UID:Secret"));
    }

    #[test]
    fn what_the_text_says_too_is_not_said_twice() {
        assert_eq!(
            with("Claim it now,\nat https://prize.example/\n", "<your> YOUR PRIZE"),
            "Claim it now,\nat https://prize.example/\n"
        );
    }
}
