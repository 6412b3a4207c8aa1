//! Names that are not addresses: logins, ids, references.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! name {
    ($(#[doc = $doc:literal])* $Name:ident, max $max:literal) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $Name(String);

        impl $Name {
            /// The longest that is kept, in bytes; longer text is cut at a character.
            pub const MAX: usize = $max;

            /// The name, trimmed and bounded; `None` when nothing is left (an empty name never identifies anyone).
            pub fn new(text: &str) -> Option<Self> {
                let text = bounded(text.trim(), Self::MAX);
                let clean = text.chars().map(|c| if c.is_control() { '?' } else { c }).collect();
                (!text.is_empty()).then_some(Self(clean))
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name!(
    /// A SASL login, as the MTA names it, lower-cased: `Bob@Example.com` and `bob@example.com` are one account.
    AccountName, max 320
);
name!(
    /// A Message-ID with its angle brackets (RFC 5322 3.6.4), as it was sent.
    MessageId, max 998
);
name!(
    /// The MTA's queue id of a message, for the operator's log search.
    QueueId, max 64
);
name!(
    /// The public reference of a block: 16 characters nobody can guess, shown in the refusal, its link and the alert.
    BlockRef, max 32
);

impl AccountName {
    /// The account of a login: trimmed, lower-cased, bounded.
    pub fn from_login(login: &str) -> Option<Self> {
        Self::new(&login.to_lowercase())
    }

    /// The part behind the last `@`, when the login is an address.
    pub fn domain(&self) -> Option<&str> {
        self.0.rsplit_once('@').map(|(_, domain)| domain).filter(|domain| !domain.is_empty())
    }
}

/// The longest prefix of at most `max` bytes that ends at a character.
pub fn bounded(text: &str, max: usize) -> &str {
    let end = (0..=max.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    end.and_then(|end| text.get(..end)).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_login_is_nobody() {
        assert_eq!(AccountName::from_login("  "), None);
        assert_eq!(AccountName::from_login("").map(|name| name.to_string()), None);
    }

    #[test]
    fn logins_are_folded_and_bounded() {
        let name = AccountName::from_login(" Bob@Example.COM ").map(|name| name.to_string());
        assert_eq!(name.as_deref(), Some("bob@example.com"));
        let long = AccountName::from_login(&"é".repeat(400)).map(|name| name.as_str().len());
        assert_eq!(long, Some(320));
    }
}
