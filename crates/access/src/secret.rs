//! Random tokens, what is kept of them, and tokens derived from them.

use std::fmt;
use std::fmt::Write;

use aws_lc_rs::{constant_time, digest, hmac, rand};

use crate::error::AccessError;

/// A token that is shown once and kept nowhere.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(pub(crate) String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    /// `N` random bytes in hexadecimal.
    pub(crate) fn random<const N: usize>() -> Result<Self, AccessError> {
        let mut bytes = [0; N];
        rand::fill(&mut bytes).map_err(|_| AccessError::NoRandomness)?;
        Ok(Self(hex(&bytes)))
    }
}

/// What is kept of a token: its SHA-256 in hexadecimal. A plain hash is enough for what is random and long.
pub(crate) fn hashed(token: &str) -> String {
    hex(digest::digest(&digest::SHA256, token.as_bytes()).as_ref())
}

/// HMAC-SHA-256, the first `kept` bytes in hexadecimal.
pub(crate) fn signed(key: &[u8], what: &str, kept: usize) -> String {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), what.as_bytes());
    hex(tag.as_ref().get(..kept).unwrap_or(tag.as_ref()))
}

/// Whether they are the same, in a time that does not tell where they differ.
pub fn same(one: &str, other: &str) -> bool {
    constant_time::verify_slices_are_equal(one.as_bytes(), other.as_bytes()).is_ok()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A password that nobody has to think of: 96 random bits in hexadecimal.
///
/// # Errors
/// When the operating system gives no randomness.
pub fn random_password() -> Result<String, AccessError> {
    Ok(Secret::random::<12>()?.0)
}

/// The token that a form carries against requests forged by other sites. It is bound to the session (or the signed link)
/// that the form belongs to, so nothing of it is kept.
pub fn csrf_token(session: &str) -> String {
    signed(session.as_bytes(), "form token", 16)
}

/// Whether a form's token is that of the session.
pub fn csrf_token_fits(session: &str, given: &str) -> bool {
    same(&csrf_token(session), given)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_sha_256() {
        assert_eq!(hashed("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn a_form_token_belongs_to_its_session() {
        let token = csrf_token("session");
        assert_eq!(token.len(), 32);
        assert!(csrf_token_fits("session", &token));
        assert!(!csrf_token_fits("other", &token));
        assert!(!csrf_token_fits("session", ""));
    }

    #[test]
    fn tokens_are_never_the_same_and_never_shown() {
        let (one, other) = (Secret::random::<32>().unwrap(), Secret::random::<32>().unwrap());
        assert!(one != other && one.0.len() == 64);
        assert_eq!(format!("{one:?}"), "Secret");
    }
}
