//! Passwords of the console: argon2id with OWASP's parameters (19 MiB, two passes), kept as a PHC string.
//!
//! Security: one password is computed at a time, so that a crowd of logins takes one thread's time and memory, not all. An
//! unknown name costs the same time as a wrong password.

use std::sync::{LazyLock, Mutex, PoisonError};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};

use crate::error::AccessError;

/// Shorter ones are refused, longer ones would be work without use (NIST SP 800-63B 5.1.1.2 asks for 64 at least).
const LENGTH: std::ops::RangeInclusive<usize> = 10..=128;

static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// A hash of nobody's password.
static NOBODYS: LazyLock<String> = LazyLock::new(|| hash("a password that nobody has").unwrap_or_default());

/// What is kept of a password.
pub(crate) fn kept(password: &str) -> Result<String, AccessError> {
    if !LENGTH.contains(&password.chars().count()) {
        let sentence = format!("a password has {} to {} characters", LENGTH.start(), LENGTH.end());
        return Err(AccessError::Unfit(sentence));
    }
    hash(password)
}

fn hash(password: &str) -> Result<String, AccessError> {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let hashed = Argon2::default().hash_password(password.as_bytes());
    hashed.map(|hash| hash.to_string()).map_err(|_| AccessError::NoRandomness)
}

/// Whether it is the password; `None` stands for a user who does not exist.
pub(crate) fn is(given: &str, kept: Option<&str>) -> bool {
    let known = kept.unwrap_or(&NOBODYS);
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let fits = given.chars().count() <= *LENGTH.end();
    let checked = PasswordHash::new(known).map(|hash| Argon2::default().verify_password(given.as_bytes(), &hash));
    fits && kept.is_some() && checked.is_ok_and(|right| right.is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_again_and_kept_as_argon2id() {
        let hash = kept("correct horse").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(is("correct horse", Some(&hash)));
        assert!(!is("correct horsf", Some(&hash)));
        assert!(!is("correct horse", Some("")));
        assert!(!is("a password that nobody has", None));
        assert!(matches!(kept("short"), Err(AccessError::Unfit(_))));
        assert!(matches!(kept(&"x".repeat(129)), Err(AccessError::Unfit(_))));
    }
}
