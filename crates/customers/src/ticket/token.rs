//! The address that a ticket is answered to: `support+t.4711.SIGNATURE@provider.example`.
//!
//! Security: the token names the ticket and is signed with a key of this site (HMAC-SHA-256, 80 bits kept, in base 32, which
//! survives mail systems that fold case). Whoever has the letter can answer its ticket, and nobody else; approval stays an
//! operator's. A key that was replaced is still believed until it is taken away.

use aws_lc_rs::hmac;

/// Signs and checks reply tokens.
pub struct ReplyTokens {
    /// The one that signs comes first.
    keys: Vec<hmac::Key>,
}

/// The keys are secret.
impl std::fmt::Debug for ReplyTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReplyTokens").field("keys", &self.keys.len()).finish()
    }
}

/// Bytes of the signature that are kept: 80 bits.
const KEPT: usize = 10;

impl ReplyTokens {
    /// Over these keys; the first one signs.
    pub fn new(keys: &[Vec<u8>]) -> Self {
        Self { keys: keys.iter().map(|key| hmac::Key::new(hmac::HMAC_SHA256, key)).collect() }
    }

    /// The token of a ticket; `None` without a key.
    pub fn sign(&self, ticket: u64) -> Option<String> {
        let key = self.keys.first()?;
        Some(format!("t.{ticket}.{}", signature(key, ticket)))
    }

    /// The ticket that a recipient's local part names, if a key of ours has signed it. Case does not matter.
    pub fn ticket_of(&self, local_part: &str) -> Option<u64> {
        let (_, token) = local_part.split_once('+')?;
        let mut parts = token.split('.');
        let (tag, ticket, given) = (parts.next()?, parts.next()?, parts.next()?);
        if !tag.eq_ignore_ascii_case("t") || parts.next().is_some() {
            return None;
        }
        let ticket = ticket.parse().ok()?;
        let given = given.to_ascii_lowercase();
        let signed = self.keys.iter().any(|key| {
            aws_lc_rs::constant_time::verify_slices_are_equal(signature(key, ticket).as_bytes(), given.as_bytes())
                .is_ok()
        });
        signed.then_some(ticket)
    }
}

fn signature(key: &hmac::Key, ticket: u64) -> String {
    let tag = hmac::sign(key, format!("reply to ticket {ticket}").as_bytes());
    base32(tag.as_ref().get(..KEPT).unwrap_or_default())
}

/// RFC 4648 6, lower case, without padding; takes whole groups of five bytes.
fn base32(bytes: &[u8]) -> String {
    let groups = bytes.chunks(5).map(|group| group.iter().fold(0u64, |bits, byte| bits << 8 | u64::from(*byte)));
    let letter = |bits: u64| match (bits & 31) as u8 {
        letter @ 0..26 => char::from(b'a' + letter),
        digit => char::from(b'2' + digit - 26),
    };
    groups.flat_map(|bits| (0..8).rev().map(move |at| letter(bits >> (at * 5)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tokens(keys: &[&str]) -> ReplyTokens {
        ReplyTokens::new(&keys.iter().map(|key| key.as_bytes().to_vec()).collect::<Vec<_>>())
    }

    #[test]
    fn a_token_names_its_ticket_in_any_case_and_under_an_older_key() {
        let token = tokens(&["old"]).sign(4711).unwrap();
        let both = tokens(&["new", "old"]);
        assert_eq!(both.ticket_of(&format!("support+{token}")), Some(4711));
        assert_eq!(both.ticket_of(&format!("Support+{}", token.to_uppercase())), Some(4711));
        assert_eq!(tokens(&["new"]).ticket_of(&format!("support+{token}")), None);
        assert_eq!(tokens(&[]).sign(1), None);
    }

    #[test]
    fn base_32_is_that_of_the_rfc() {
        assert_eq!(base32(b"fooba"), "mzxw6ytb");
    }

    proptest! {
        #[test]
        fn nobody_else_signs(ticket: u64, other: u64, text in "[a-z0-9.+]{0,40}") {
            let tokens = tokens(&["key"]);
            let token = tokens.sign(ticket).unwrap();
            prop_assert_eq!(tokens.ticket_of(&format!("x+{token}")), Some(ticket));
            if other != ticket {
                prop_assert_eq!(tokens.ticket_of(&format!("x+{}", token.replacen(&ticket.to_string(), &other.to_string(), 1))), None);
            }
            prop_assert_eq!(tokens.ticket_of(&text), None);
        }
    }
}
