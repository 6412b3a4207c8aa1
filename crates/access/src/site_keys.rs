//! The site's own keys: they sign links and are what secrets of applications are derived from. Each has a number, so that a
//! new one can sign while what older ones signed is still believed.

use std::fmt;
use std::fmt::Write;

use aws_lc_rs::rand;

use crate::error::AccessError;
use crate::secret::{hex, signed};

/// Keys with their numbers; the newest signs.
#[derive(Clone, PartialEq, Eq)]
pub struct SiteKeys(Vec<(u32, [u8; 32])>);

/// The keys are secret.
impl fmt::Debug for SiteKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SiteKeys").field(&self.0.len()).finish()
    }
}

const HEAD: &str = "\
# Portreeve's own keys: number and key, the newest last. They sign the links in letters, and the secrets of API
# applications are derived from them: a line taken out ends the links and the applications that it made.
";

impl SiteKeys {
    /// More keys than this are no key file of ours.
    const MAX: usize = 1000;

    /// One new key.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn generate() -> Result<Self, AccessError> {
        Self(Vec::new()).rotated()
    }

    /// These keys and a new one, which signs from now on.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn rotated(&self) -> Result<Self, AccessError> {
        let mut key = [0; 32];
        rand::fill(&mut key).map_err(|_| AccessError::NoRandomness)?;
        let number = self.0.iter().map(|(number, _)| *number).max().unwrap_or(0).saturating_add(1);
        let mut keys = self.0.clone();
        keys.push((number, key));
        Ok(Self(keys))
    }

    /// The keys of a key file.
    ///
    /// # Errors
    /// A sentence that names the line, never its text.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut keys = Vec::new();
        for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
            let key = key_of(line).filter(|_| keys.len() < Self::MAX);
            keys.push(key.ok_or_else(|| format!("line {} is no number and key of 64 hexadecimal digits", at + 1))?);
        }
        if keys.is_empty() { Err("it holds no key".into()) } else { Ok(Self(keys)) }
    }

    /// The key file.
    pub fn to_text(&self) -> String {
        self.0.iter().fold(HEAD.to_owned(), |mut text, (number, key)| {
            // Writing to a String can't fail.
            let _ = writeln!(text, "{number} {}", hex(key));
            text
        })
    }

    /// The number of the key that signs.
    pub(crate) fn newest(&self) -> u32 {
        self.0.last().map_or(0, |(number, _)| *number)
    }

    /// HMAC-SHA-256 of a purpose and a text under the key of that number, in hexadecimal, 16 bytes of it.
    pub(crate) fn sign(&self, number: u32, purpose: &str, text: &str) -> Option<String> {
        let (_, key) = self.0.iter().find(|(known, _)| *known == number)?;
        Some(signed(key, &format!("{purpose}\n{text}"), 16))
    }
}

fn key_of(line: &str) -> Option<(u32, [u8; 32])> {
    let (number, digits) = line.trim().split_once(' ')?;
    let mut key = [0; 32];
    if digits.len() != 64 || !digits.is_ascii() {
        return None;
    }
    for (at, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some((number.parse().ok()?, key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_back_and_older_ones_still_sign() {
        let first = SiteKeys::generate().unwrap();
        let both = first.rotated().unwrap();
        assert_eq!(SiteKeys::parse(&both.to_text()), Ok(both.clone()));
        assert_eq!((first.newest(), both.newest()), (1, 2));
        assert_eq!(first.sign(1, "a", "b"), both.sign(1, "a", "b"));
        assert_ne!(both.sign(1, "a", "b"), both.sign(2, "a", "b"));
        assert_ne!(both.sign(1, "a", "b"), both.sign(1, "c", "b"));
        assert_eq!(first.sign(2, "a", "b"), None);
    }

    #[test]
    fn a_wrong_line_is_named_and_not_shown() {
        assert_eq!(SiteKeys::parse("# x\n1 abc\n"), Err("line 2 is no number and key of 64 hexadecimal digits".into()));
        assert_eq!(SiteKeys::parse(&format!("1 {}", "é".repeat(32))).map_err(|why| why.contains("line 1")), Err(true));
        assert_eq!(SiteKeys::parse("\n"), Err("it holds no key".into()));
    }
}
