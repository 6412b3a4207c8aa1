//! A mail address that may stand in an SMTP command and a header as it is.
//!
//! mail-send writes addresses unchecked; a login is what a client chose. So only a plain Mailbox of RFC 5321 4.1.2 in
//! ASCII is an address here: no quotes, no comments, no literal, no SMTPUTF8.

use std::fmt;

/// `local@domain`, or `postmaster` alone (RFC 5321 4.1.1.3).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Address(String);

/// RFC 5321 4.5.3.1.1.
const MAX_LOCAL: usize = 64;
/// RFC 5321 4.5.3.1.2.
const MAX_DOMAIN: usize = 255;

impl Address {
    /// The address, or `None` when it is anything but plain.
    pub fn parse(text: &str) -> Option<Self> {
        if text.eq_ignore_ascii_case("postmaster") {
            return Some(Self(text.to_owned()));
        }
        let (local, domain) = text.rsplit_once('@')?;
        (is_dot_atom(local) && is_host(domain)).then(|| Self(text.to_owned()))
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_dot_atom(local: &str) -> bool {
    let is_atext = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    local.len() <= MAX_LOCAL && local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atext))
}

/// Whether it is a host name of letters, digits and hyphens (RFC 5321 2.3.5).
pub fn is_host(name: &str) -> bool {
    let is_label = |label: &str| {
        let inside = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        inside && !label.is_empty() && label.len() <= 63 && !label.starts_with('-') && !label.ends_with('-')
    };
    name.len() <= MAX_DOMAIN && name.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn plain_addresses_are_addresses() {
        for text in ["bob@shop.example", "o'neil+news@a-b.example", "Postmaster", "x@localhost", "a.b@1.example"] {
            assert_eq!(Address::parse(text).map(|address| address.to_string()).as_deref(), Some(text));
        }
    }

    #[test]
    fn anything_else_is_not() {
        for text in [
            "",
            "bob",
            "@shop.example",
            "bob@",
            "a..b@shop.example",
            ".a@shop.example",
            "\"a b\"@shop.example",
            "bob@shop.example>\r\nRCPT TO:<eve@shop.example",
            "bob@[192.0.2.1]",
            "bob@-shop.example",
            "bob@shop..example",
            "b\u{f6}b@shop.example",
            "bob@sh\u{f6}p.example",
            "bob <bob@shop.example>",
            "a@b@shop.example",
            "bob@shop.example ",
        ] {
            assert_eq!(Address::parse(text), None, "{text:?}");
        }
        assert_eq!(Address::parse(&format!("{}@shop.example", "a".repeat(65))), None);
    }

    proptest! {
        #[test]
        fn no_address_can_end_a_command_or_a_header(text in "(?s).{0,40}@.{0,40}|[!-~]{1,20}@[a-z.]{1,20}") {
            if let Some(address) = Address::parse(&text) {
                prop_assert!(address.as_str().bytes().all(|byte| byte.is_ascii_graphic() && !b"<>()[],;:\\\"".contains(&byte)));
            }
        }
    }
}
