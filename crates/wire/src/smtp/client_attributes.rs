//! XCLIENT and XFORWARD (Postfix XCLIENT_README, XFORWARD_README): what a trusted peer tells of its client, and what we
//! tell a next hop.
//!
//! Security: they are believed from listed peers only; that is the caller's to check.

use super::xtext;

/// The attributes either command may carry.
const NAMES: [&str; 11] =
    ["NAME", "ADDR", "PORT", "PROTO", "HELO", "LOGIN", "DESTADDR", "DESTPORT", "REVERSE_NAME", "IDENT", "SOURCE"];
/// A value is at most 255 bytes, decoded.
const MAX: usize = 255;

/// Attributes by name; each at most once, decoded. `None` is `[UNAVAILABLE]` or `[TEMPUNAVAIL]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClientAttributes(Vec<(&'static str, Option<String>)>);

impl ClientAttributes {
    /// Reads the argument of the command; `None` when it is malformed.
    pub fn parse(text: &str) -> Option<Self> {
        let mut found = Self::default();
        for word in text.split([' ', '\t']).filter(|word| !word.is_empty()) {
            let (name, value) = word.split_once('=')?;
            let name = NAMES.into_iter().find(|known| known.eq_ignore_ascii_case(name))?;
            if found.0.iter().any(|(other, _)| *other == name) {
                return None;
            }
            found.0.push((name, read(value)?));
        }
        (!found.0.is_empty()).then_some(found)
    }

    /// The attribute's value, when the peer has told and knows it.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == name).and_then(|(_, value)| value.as_deref())
    }

    /// Whether the peer has told the attribute, known or not.
    pub fn names(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| *known == name)
    }

    /// Sets an attribute for the way on; an empty or missing value is told as unavailable.
    pub fn set(&mut self, name: &'static str, value: Option<String>) {
        self.0.retain(|(known, _)| *known != name);
        self.0.push((name, value.filter(|value| !value.is_empty())));
    }

    /// The attributes as the argument of the command; values in xtext.
    pub fn encode(&self) -> String {
        let word = |(name, value): &(&str, Option<String>)| match value {
            Some(value) => format!(" {name}={}", xtext::encode(value)),
            None => format!(" {name}=[UNAVAILABLE]"),
        };
        self.0.iter().map(word).collect()
    }
}

fn read(value: &str) -> Option<Option<String>> {
    if value.eq_ignore_ascii_case("[UNAVAILABLE]") || value.eq_ignore_ascii_case("[TEMPUNAVAIL]") {
        return Some(None);
    }
    let decoded = xtext::decode(value)?;
    let fits = decoded.len() <= MAX && !decoded.chars().any(char::is_control);
    fits.then(|| Some(decoded).filter(|value| !value.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_read_and_written_alike() {
        let text = "NAME=mail.example ADDR=IPv6:2001:db8::7 LOGIN=bob+2Btag@example.com HELO=[UNAVAILABLE]";
        let read = ClientAttributes::parse(text).unwrap();
        assert_eq!(read.value("LOGIN"), Some("bob+tag@example.com"));
        assert_eq!((read.value("HELO"), read.names("HELO"), read.names("PORT")), (None, true, false));
        assert_eq!(read.encode(), format!(" {text}"));
    }

    #[test]
    fn what_is_unknown_or_twice_is_refused() {
        for text in ["", "ADDR", "COLOUR=red", "ADDR=192.0.2.1 addr=192.0.2.2", "HELO=a+0Ab", "HELO=+"] {
            assert_eq!(ClientAttributes::parse(text), None, "{text}");
        }
    }
}
