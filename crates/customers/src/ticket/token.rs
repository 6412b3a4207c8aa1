//! The addresses that letters are answered to and bounce to: `support+t.4711.SIGNATURE@reply.provider.example`.
//!
//! Security: a token names a ticket, a block or a letter and is signed with a key of this site (HMAC-SHA-256, 80 bits kept, in base 32,
//! which survives mail systems that fold case). Whoever has the letter can answer its ticket, and nobody else; approval stays
//! an operator's. A key that was replaced is still believed for a while ([`super::KeyFile`]).

use std::sync::{PoisonError, RwLock};

use aws_lc_rs::hmac;
use limits::Matter;
use model::{BlockRef, Timestamp};

use crate::Address;

/// What an address of ours stands for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Addressee {
    /// A ticket: what is written to it is its customer's reply.
    Ticket(u64),
    /// A block without a ticket: a flagged message that is attached to what comes to it was no spam, its customer says.
    Report(BlockRef),
    /// A letter: what comes to it tells that the letter did not arrive.
    Letter(Matter, u32),
    /// Whoever runs this site (RFC 5321 4.5.1); the one address that nobody has to sign.
    Postmaster,
}

/// A key, and until when it is believed once another one signs.
pub struct ReplyKey {
    key: hmac::Key,
    until: Option<Timestamp>,
}

impl ReplyKey {
    /// The key of that secret; without an end it is believed for ever.
    pub fn new(secret: &[u8], until: Option<Timestamp>) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, secret), until }
    }

    fn holds(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }

    fn signature(&self, said: &str) -> String {
        base32(hmac::sign(&self.key, said.as_bytes()).as_ref().get(..KEPT).unwrap_or_default())
    }
}

/// Signs and checks reply tokens.
pub struct ReplyTokens {
    /// The one that signs comes first.
    keys: RwLock<Vec<ReplyKey>>,
}

/// The keys are secret.
impl std::fmt::Debug for ReplyTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReplyTokens").finish_non_exhaustive()
    }
}

/// Bytes of the signature that are kept: 80 bits.
const KEPT: usize = 10;

impl ReplyTokens {
    /// Over these keys; the first one signs.
    pub fn new(keys: Vec<ReplyKey>) -> Self {
        Self { keys: RwLock::new(keys) }
    }

    /// Takes other keys from now on.
    pub fn replace(&self, keys: Vec<ReplyKey>) {
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
    }

    /// The token; `None` without a key.
    pub fn sign(&self, addressee: &Addressee) -> Option<String> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let signature = keys.first()?.signature(&addressee.said());
        Some(format!("{}.{signature}", addressee.named()))
    }

    /// What a token stands for, if a key that is believed at that time has signed it. Case does not matter.
    pub fn read(&self, token: &str, now: Timestamp) -> Option<Addressee> {
        let token = token.to_ascii_lowercase();
        let (named, given) = token.rsplit_once('.')?;
        let addressee = Addressee::of(named)?;
        let said = addressee.said();
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let signed = keys.iter().filter(|key| key.holds(now)).any(|key| {
            let ours = key.signature(&said);
            aws_lc_rs::constant_time::verify_slices_are_equal(ours.as_bytes(), given.as_bytes()).is_ok()
        });
        signed.then_some(addressee)
    }
}

impl Addressee {
    /// `t.4711`, `r.k3x9qm2f7c`, `b.k3x9qm2f7c.0`, `l.4711.0`
    fn named(&self) -> String {
        match self {
            Self::Ticket(id) => format!("t.{id}"),
            Self::Report(block) => format!("r.{block}"),
            Self::Letter(Matter::Block(block), number) => format!("b.{block}.{number}"),
            Self::Letter(Matter::Ticket(ticket), number) => format!("l.{ticket}.{number}"),
            Self::Postmaster => "postmaster".to_owned(),
        }
    }

    fn of(named: &str) -> Option<Self> {
        let mut parts = named.split('.');
        let addressee = match (parts.next()?, parts.next()?) {
            ("t", id) => Self::Ticket(id.parse().ok()?),
            ("r", block) => Self::Report(BlockRef::new(block)?),
            ("b", block) => Self::Letter(Matter::Block(BlockRef::new(block)?), parts.next()?.parse().ok()?),
            ("l", ticket) => Self::Letter(Matter::Ticket(ticket.parse().ok()?), parts.next()?.parse().ok()?),
            _ => return None,
        };
        // One spelling: no leading zeros or signs, nothing behind.
        (addressee.named() == named).then_some(addressee)
    }

    /// What is signed.
    fn said(&self) -> String {
        match self {
            Self::Ticket(id) => format!("reply to ticket {id}"),
            Self::Report(block) => format!("report of a message of block {block}"),
            Self::Letter(about, number) => format!("bounce of letter {number} of {}", about.said()),
            Self::Postmaster => "mail to the postmaster".to_owned(),
        }
    }
}

/// The mailbox whose extensions are tokens.
#[derive(Debug)]
pub struct ReplyBox {
    local: String,
    domain: String,
    tokens: std::sync::Arc<ReplyTokens>,
}

impl ReplyBox {
    /// Below this address, with these tokens behind a plus.
    pub fn new(address: &Address, tokens: std::sync::Arc<ReplyTokens>) -> Option<Self> {
        let (local, domain) = address.as_str().rsplit_once('@').filter(|_| Self::is_usable(address))?;
        Some(Self { local: local.to_owned(), domain: domain.to_owned(), tokens })
    }

    /// Whether an address leaves room for a token beside its own name (RFC 5321 4.5.3.1.1).
    pub fn is_usable(address: &Address) -> bool {
        let local = address.as_str().rsplit_once('@').map(|(local, _)| local);
        local.is_some_and(|local| local.len() <= Self::MAX_LOCAL && !local.contains('+'))
    }

    /// Characters the mailbox's own name may have.
    pub const MAX_LOCAL: usize = 16;

    /// The address of a ticket or letter; `None` without a key.
    pub fn address_of(&self, addressee: &Addressee) -> Option<Address> {
        let token = self.tokens.sign(addressee)?;
        Address::parse(&format!("{}+{token}@{}", self.local, self.domain))
    }

    /// Where mail to whoever runs this site comes.
    pub fn postmaster(&self) -> String {
        format!("postmaster@{}", self.domain)
    }

    /// What an address stands for at that time; `None` when it is none of ours.
    pub fn addressee(&self, address: &str, now: Timestamp) -> Option<Addressee> {
        // In any case, and without a domain too (RFC 5321 4.1.1.3).
        if address.eq_ignore_ascii_case("postmaster") || address.eq_ignore_ascii_case(&self.postmaster()) {
            return Some(Addressee::Postmaster);
        }
        let (local, domain) = address.rsplit_once('@')?;
        let (name, token) = local.split_once('+')?;
        let ours = name.eq_ignore_ascii_case(&self.local) && domain.eq_ignore_ascii_case(&self.domain);
        ours.then(|| self.tokens.read(token, now)).flatten()
    }
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
    use std::sync::Arc;

    use super::*;
    use proptest::prelude::*;

    const NOW: Timestamp = Timestamp(1000);

    fn tokens(keys: &[(&str, Option<i64>)]) -> ReplyTokens {
        ReplyTokens::new(keys.iter().map(|(key, until)| ReplyKey::new(key.as_bytes(), until.map(Timestamp))).collect())
    }

    fn mailbox(keys: &[(&str, Option<i64>)]) -> ReplyBox {
        ReplyBox::new(&Address::parse("support@reply.provider.example").unwrap(), Arc::new(tokens(keys))).unwrap()
    }

    #[test]
    fn an_address_names_its_ticket_in_any_case_and_under_an_older_key_for_a_while() {
        let ticket = Addressee::Ticket(4711);
        let address = mailbox(&[("old", None)]).address_of(&ticket).unwrap();
        let both = mailbox(&[("new", None), ("old", Some(2000))]);
        let shouted = address.as_str().to_uppercase();
        for written in [address.as_str(), &shouted] {
            assert_eq!(both.addressee(written, NOW), Some(ticket.clone()));
            assert_eq!(both.addressee(written, Timestamp(2000)), None, "its time is over");
        }
        assert_eq!(mailbox(&[("new", None)]).addressee(address.as_str(), NOW), None);
        assert_eq!(mailbox(&[]).address_of(&ticket), None);
        for other in [
            "support@reply.provider.example",
            "postmaster@other.example",
            "sales+",
            "support+t.1@reply.provider.example",
        ] {
            assert_eq!(both.addressee(other, NOW), None);
        }
        for operator in ["postmaster", "Postmaster@reply.provider.example"] {
            assert_eq!(both.addressee(operator, NOW), Some(Addressee::Postmaster));
        }
        let elsewhere = address.as_str().replace("reply.", "other.");
        assert_eq!(both.addressee(&elsewhere, NOW), None);
    }

    #[test]
    fn the_longest_address_fits_into_a_command() {
        let address = Address::parse(&format!("{}@a.example", "a".repeat(ReplyBox::MAX_LOCAL))).unwrap();
        let mailbox = ReplyBox::new(&address, Arc::new(tokens(&[("key", None)]))).unwrap();
        let block = BlockRef::new("k3x9qm2f7c2w").unwrap();
        assert!(mailbox.address_of(&Addressee::Letter(Matter::Block(block), 999)).is_some());
        assert!(mailbox.address_of(&Addressee::Letter(Matter::Ticket(u64::MAX), 999)).is_some());
        assert!(mailbox.address_of(&Addressee::Ticket(u64::MAX)).is_some());
    }

    #[test]
    fn base_32_is_that_of_the_rfc() {
        assert_eq!(base32(b"fooba"), "mzxw6ytb");
    }

    fn addressee() -> impl Strategy<Value = Addressee> {
        let block = "[a-z0-9]{4,16}".prop_map(|block| Matter::Block(BlockRef::new(&block).unwrap()));
        let report = block.clone().prop_filter_map("a block", |about| about.block().cloned().map(Addressee::Report));
        let about = prop_oneof![block, any::<u64>().prop_map(Matter::Ticket)];
        let letter = (about, any::<u32>()).prop_map(|(about, number)| Addressee::Letter(about, number));
        prop_oneof![any::<u64>().prop_map(Addressee::Ticket), report, letter]
    }

    proptest! {
        #[test]
        fn nobody_else_signs(one in addressee(), other in addressee(), text in "[a-z0-9.+]{0,40}") {
            let tokens = tokens(&[("key", None)]);
            let token = tokens.sign(&one).unwrap();
            prop_assert_eq!(tokens.read(&token, NOW), Some(one.clone()));
            let signature = token.rsplit_once('.').unwrap().1;
            if other != one {
                prop_assert_eq!(tokens.read(&format!("{}.{signature}", other.named()), NOW), None);
            }
            prop_assert_eq!(tokens.read(&text, NOW), None);
        }
    }
}
