//! A password on its way from whoever asks to the server that knows it.
//!
//! Security: it is zeroised when it is dropped, shows itself nowhere (no Display, no Serialize, an empty Debug), and what a
//! server answers is rid of it before anybody reads it. Not covered: the buffers of the control socket and of TLS, which are
//! freed without being overwritten.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use zeroize::Zeroizing;

/// A password, 1 to 1024 bytes without NUL.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

/// Why it is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// There is nothing.
    #[error("the password is empty")]
    Empty,
    /// No server takes such.
    #[error("the password is longer than 1024 bytes, or holds a NUL or a line end")]
    Unusable,
}

/// What stands in a text instead.
const HIDDEN: &str = "(hidden)";

impl Password {
    /// The longest, in bytes.
    pub const MAX: usize = 1024;

    /// Takes a password over; the text that it was is zeroised with it.
    ///
    /// # Errors
    /// When it is empty, too long, or holds what no login can carry.
    pub fn new(text: String) -> Result<Self, PasswordError> {
        let text = Zeroizing::new(text);
        match text.as_str() {
            "" => Err(PasswordError::Empty),
            text if text.len() > Self::MAX || text.contains(['\0', '\r', '\n']) => Err(PasswordError::Unusable),
            _ => Ok(Self(text)),
        }
    }

    /// The password itself, for the one who logs in.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    /// The text without the password, as it is, in a quoted string or in base 64, alone or as SASL PLAIN has it for that login.
    pub(crate) fn hidden_in(&self, text: &str, login: &str) -> String {
        let plain = Zeroizing::new(format!("\0{login}\0{}", self.reveal()));
        let encoded =
            [Zeroizing::new(STANDARD.encode(plain.as_bytes())), Zeroizing::new(STANDARD.encode(self.reveal()))];
        let text = encoded.iter().fold(text.to_owned(), |text, form| text.replace(form.as_str(), HIDDEN));
        let text = encoded.iter().fold(text, |text, form| text.replace(form.trim_end_matches('='), HIDDEN));
        let escaped = Zeroizing::new(self.reveal().replace('\\', "\\\\").replace('"', "\\\""));
        text.replace(escaped.as_str(), HIDDEN).replace(self.reveal(), HIDDEN)
    }
}

/// Writes a password for the daemon, over the control socket: the one place where it is serialised.
///
/// # Errors
/// Those of the serializer.
pub fn reveal_to_daemon<S: Serializer>(password: &Option<Password>, serializer: S) -> Result<S::Ok, S::Error> {
    password.as_ref().map(Password::reveal).serialize(serializer)
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password")
    }
}

impl<'de> Deserialize<'de> for Password {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_shows_itself_nowhere() {
        let secret = Password::new("hunter2 hunter2".into()).unwrap();
        assert_eq!(format!("{secret:?}"), "Password");
        let plain = STANDARD.encode("\0bob\0hunter2 hunter2");
        let echo = format!("535 hunter2 hunter2, {}, {plain}", STANDARD.encode("hunter2 hunter2"));
        assert_eq!(secret.hidden_in(&echo, "bob"), "535 (hidden), (hidden), (hidden)");
    }

    #[test]
    fn it_is_hidden_as_a_quoted_string_too() {
        let secret = Password::new(r#"a"b\c"#.into()).unwrap();
        assert_eq!(
            secret.hidden_in(r#"LOGIN "bob" "a\"b\\c" and a"b\c"#, "bob"),
            r#"LOGIN "bob" "(hidden)" and (hidden)"#
        );
    }

    #[test]
    fn what_no_login_can_carry_is_no_password() {
        assert_eq!(Password::new(String::new()).unwrap_err(), PasswordError::Empty);
        for wrong in ["a\0b".to_owned(), "a\nb".to_owned(), "x".repeat(1025)] {
            assert_eq!(Password::new(wrong).unwrap_err(), PasswordError::Unusable);
        }
        let wrong = serde_json::from_str::<Password>("\"a\\u0000secret\"").unwrap_err().to_string();
        assert!(!wrong.contains("secret"), "{wrong}");
    }
}
