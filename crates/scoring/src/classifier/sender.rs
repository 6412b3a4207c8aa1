//! The author as the properties compare him: name, mailbox and domain, taken apart without an allocation.

use std::ops::Deref;

use memchr::memmem::find;

use crate::Reading;

/// A shorter word stands in too many names by chance.
const LEAST_WORD: usize = 4;
/// Words of the name that are looked at.
const WORDS: usize = 8;

/// The first From mailbox, taken apart.
pub(super) struct Sender<'r> {
    pub(super) shown_name: &'r str,
    /// Lower case.
    pub(super) mailbox: Short<64>,
    /// Lower case; empty when there is none.
    pub(super) domain: Short<255>,
    /// The words of the name that have three letters or more, folded; empty ones at the end.
    words: [&'r [u8]; WORDS],
    joined_name: Short<128>,
}

impl<'r> Sender<'r> {
    pub(super) fn of(message: &'r Reading<'_>) -> Self {
        let from = message.features.headers.from.first();
        let address = from.map_or("", |mailbox| mailbox.address.as_str());
        let (mailbox, domain) = address.rsplit_once('@').unwrap_or((address, ""));
        let mut words = [&[][..]; WORDS];
        let name = message.folded_name().split(|byte| *byte == b' ').filter(|word| word.len() >= 3);
        words.iter_mut().zip(name).for_each(|(place, word)| *place = word);
        Self {
            shown_name: from.map_or("", |mailbox| mailbox.name.as_str()),
            mailbox: mailbox.bytes().collect(),
            domain: domain.bytes().collect(),
            joined_name: words.iter().copied().flatten().copied().collect(),
            words,
        }
    }

    pub(super) fn domain_name(&self) -> &str {
        std::str::from_utf8(&self.domain).unwrap_or_default()
    }

    /// The label a firm registers: the one before the top-level domain, or before both of `co.uk` and the like.
    pub(super) fn core(&self) -> &[u8] {
        let mut labels = self.domain.rsplit(|byte| *byte == b'.').skip(1);
        let second = labels.next().unwrap_or_default();
        if second.len() <= 3 { labels.next().unwrap_or(second) } else { second }
    }

    pub(super) fn has_subdomain(&self) -> bool {
        let first = self.domain.split(|byte| *byte == b'.').next().unwrap_or_default();
        first.len() < self.domain.len() && first != self.core()
    }

    /// Whether the domain is that registrable one or lies in it.
    pub(super) fn is_within(&self, registrable: &str) -> bool {
        let rest = self.domain.strip_suffix(registrable.as_bytes());
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with(b"."))
    }

    /// Whether a host, in lower case, has the registered label in it.
    pub(super) fn resembles(&self, host: &str) -> bool {
        let core = self.core();
        core.len() >= LEAST_WORD && find(host.as_bytes(), core).is_some()
    }

    /// Whether another domain is the same or has the registered label in it.
    pub(super) fn is_related(&self, domain: &str) -> bool {
        let (core, domain): (_, Short<255>) = (self.core(), domain.bytes().collect());
        *domain == *self.domain || (!core.is_empty() && find(&domain, core).is_some())
    }

    pub(super) fn has_name(&self) -> bool {
        self.words.iter().any(|word| !word.is_empty())
    }

    /// Whether a text in lower case has a word of the name in it.
    pub(super) fn is_named_in(&self, text: &[u8]) -> bool {
        self.words.iter().any(|word| word.len() >= LEAST_WORD && find(text, word).is_some())
    }

    /// Whether the name, written together, has the registered label in it.
    pub(super) fn is_named_like_domain(&self) -> bool {
        let core = self.core();
        core.len() >= LEAST_WORD && find(&self.joined_name, core).is_some()
    }
}

/// A few bytes in lower case, kept in place; what goes beyond is cut.
pub(super) struct Short<const N: usize> {
    bytes: [u8; N],
    length: usize,
}

impl<const N: usize> FromIterator<u8> for Short<N> {
    fn from_iter<I: IntoIterator<Item = u8>>(bytes: I) -> Self {
        let mut short = Self { bytes: [0; N], length: 0 };
        for (place, byte) in short.bytes.iter_mut().zip(bytes) {
            *place = byte.to_ascii_lowercase();
            short.length += 1;
        }
        short
    }
}

impl<const N: usize> Deref for Short<N> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Lexicon;
    use model::{Features, Mailbox};

    fn from(address: &str) -> Features {
        let mut features = Features::default();
        features.headers.from = vec![Mailbox { name: "Example Flowers".into(), address: address.into() }];
        features
    }

    #[test]
    fn the_registered_label_is_found_before_co_uk_too() {
        let lexicon = Lexicon::embedded();
        for (domain, core) in [("mail.SHOP.example", "shop"), ("shop.co.uk", "shop"), ("example", ""), ("", "")] {
            let features = from(&format!("a@{domain}"));
            assert_eq!(Sender::of(&Reading::new(&features, &lexicon)).core(), core.as_bytes(), "{domain}");
        }
    }

    #[test]
    fn a_domain_lies_in_its_registrable_one_and_not_in_its_end() {
        let lexicon = Lexicon::embedded();
        let features = from("a@mail.flowers.example");
        let reading = Reading::new(&features, &lexicon);
        let sender = Sender::of(&reading);
        assert!(sender.is_within("flowers.example") && !sender.is_within("lowers.example"));
        assert!(sender.resembles("cdn-flowers.example") && sender.is_related("Flowers.test"));
    }

    #[test]
    fn what_is_too_long_is_cut() {
        let lexicon = Lexicon::embedded();
        let features = from(&format!("{}@{}", "a".repeat(1000), "é".repeat(1000)));
        let reading = Reading::new(&features, &lexicon);
        let sender = Sender::of(&reading);
        assert_eq!((sender.mailbox.len(), sender.domain_name()), (64, ""));
    }
}
