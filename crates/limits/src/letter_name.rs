//! What a letter is called where people and programs name one.

use std::fmt;

use model::BlockRef;

use crate::letters::Matter;
use crate::store::AlertJob;

/// What a letter is called: what it is about, a point, and its number, as in `k3x9qm2f7cabcdef.0` or `ticket-4711.2`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterName {
    /// What it is about.
    pub about: Matter,
    /// Which letter about it.
    pub number: u32,
}

impl LetterName {
    /// That of a letter.
    pub fn of(letter: &AlertJob) -> Self {
        Self { about: letter.about.clone(), number: letter.number }
    }

    /// Reads what [`fmt::Display`] writes; `None` for what no letter is called.
    pub fn parse(text: &str) -> Option<Self> {
        let (about, number) = text.split_once('.')?;
        let fits = about.len() <= BlockRef::MAX && about.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        Some(Self { about: Matter::parse(about).filter(|_| fits)?, number: number.parse().ok().filter(|_| is_number)? })
    }

    /// As it stands in a sentence: `letter 2 of ticket 4711`.
    pub fn said(&self) -> String {
        format!("letter {} of {}", self.number, self.about.said())
    }
}

impl fmt::Display for LetterName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}.{}", self.about, self.number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_read_by_the_name_it_is_listed_under() {
        for name in ["k3x9qm2f7cabcdef.0", "ticket-4711.2"] {
            assert_eq!(LetterName::parse(name).unwrap().to_string(), name);
        }
        for wrong in
            ["", ".", "k3x9", "k3x9.", ".0", "k3x9.-1", "k3x9.+1", "k3x9.99999999999", "../k3x9.0", "ticket-x.0"]
        {
            assert_eq!(LetterName::parse(wrong), None, "{wrong}");
        }
    }
}
