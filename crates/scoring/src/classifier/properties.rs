//! Properties of sender, links and shape that hold for senders never seen before, as one bit each.
//!
//! They compare (does the sender link to its own domain?) and never name (which domain?). Left out on purpose, though they
//! tell the collections apart: counts of tables, images and links, and everything that a mailing system's make decides.

use model::DomainName;
use model::features::{UrlHost, UrlSource};

use super::sender::Sender;
use crate::Reading;

/// The properties of one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Properties(u64);

/// How the links of an unrelated sender lead away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unrelated {
    /// Without encryption, all of them.
    Unencrypted,
    /// One at least is encrypted.
    Encrypted,
}

macro_rules! properties {
    ($($name:ident $says:literal;)*) => {
        /// A property, by its place among the weights.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[allow(non_camel_case_types, reason = "written as the signals are")]
        enum Property { $($name,)* }

        /// What is said of each.
        const SAYS: &[&str] = &[$($says,)*];
    };
}

// The order is that of the weights file: add at the end only.
properties! {
    no_links "it has no link";
    links_home "a link leads to the sender's own domain";
    links_elsewhere "no link leads to the sender's own domain";
    one_foreign_site "all links lead to one site that is not the sender's";
    plain_http "all links are unencrypted";
    free_mailbox "it comes from a free mailbox";
    reply_elsewhere "answers go to another domain";
    throwaway_sender "the sender's top-level domain is full of throw-away names";
    throwaway_link "a link's top-level domain is full of throw-away names";
    name_in_address "the sender's name and address belong together";
    name_in_domain "the sender's name and domain belong together";
    name_unrelated "the sender's name and address have nothing in common";
    name_in_links "the sender's name and the links belong together";
    random_mailbox "the sender's mailbox looks random";
    random_domain "the sender's domain looks random";
    digit_in_domain "the sender's domain has a digit";
    subdomain "it comes from a subdomain";
    query_only "a link is a query without a path";
    shortener "a link hides where it leads";
    free_page "a link leads to a page anyone can put up";
    wordless "it has hardly a word";
    few_words "it has few words";
    hidden_text "text is hidden";
    more_hidden "more text is hidden than shown";
    subject_symbols "the subject is decorated";
    name_symbols "the sender's name is decorated";
    address_in_name "the sender's name holds an address";
    subject_gap "the subject has a gap";
    subject_exclaims "the subject exclaims";
}

impl Properties {
    /// How many there are.
    pub const COUNT: usize = SAYS.len();

    /// Reads them off a message.
    pub(crate) fn of(message: &Reading<'_>) -> Self {
        let mut found = Self::default();
        let sender = Sender::of(message);
        found.look_at_links(message, &sender);
        found.look_at_sender(message, &sender);
        found.look_at_text(message);
        found
    }

    /// The numbers of those that hold, ascending.
    pub fn numbers(self) -> impl Iterator<Item = usize> {
        (0..Self::COUNT).filter(move |number| self.0 >> number & 1 == 1)
    }

    /// Whether address, name and links have nothing to do with each other, and how the links lead away.
    pub(crate) fn unrelated(self) -> Option<Unrelated> {
        let strangers = [Property::name_unrelated, Property::links_elsewhere, Property::one_foreign_site];
        let kind = if self.has(Property::plain_http) { Unrelated::Unencrypted } else { Unrelated::Encrypted };
        strangers.into_iter().all(|property| self.has(property)).then_some(kind)
    }

    fn has(self, property: Property) -> bool {
        self.0 >> property as u64 & 1 == 1
    }

    /// Whether there is no link.
    pub(crate) fn has_no_links(self) -> bool {
        self.has(Property::no_links)
    }

    /// Whether the sender's name has symbols in it.
    pub(crate) fn name_is_decorated(self) -> bool {
        self.has(Property::name_symbols)
    }

    /// What a property says, for a person.
    pub(crate) fn says(number: usize) -> &'static str {
        SAYS.get(number).copied().unwrap_or_default()
    }

    fn set(&mut self, property: Property, holds: bool) {
        self.0 |= u64::from(holds) << property as u64;
    }

    fn look_at_links(&mut self, message: &Reading<'_>, sender: &Sender<'_>) {
        let (mut any, mut encrypted, mut addresses) = (false, false, false);
        for url in message.features.urls.iter().filter(|url| url.source != UrlSource::Image) {
            any = true;
            encrypted |= url.scheme != "http";
            addresses |= matches!(url.host, UrlHost::Address(_));
            self.set(Property::query_only, url.path.starts_with('?') || url.path.starts_with("/?"));
        }
        self.set(Property::no_links, !any);
        self.set(Property::plain_http, any && !encrypted);
        let sites = self.look_at_hosts(message, sender);
        self.set(Property::links_home, sites.home);
        let foreign = any && !sites.home;
        let several = sites.many || (addresses && sites.named);
        self.set(Property::links_elsewhere, foreign && !sites.resembling);
        self.set(Property::one_foreign_site, foreign && !several);
    }

    fn look_at_hosts(&mut self, message: &Reading<'_>, sender: &Sender<'_>) -> Sites {
        let lexicon = message.lexicon;
        let (mut sites, mut first) = (Sites::default(), None);
        for (host, url) in message.distinct_hosts() {
            let registrable = url.registrable.as_ref().map(DomainName::as_str);
            let site = registrable.unwrap_or(host);
            sites.named = true;
            sites.many |= *first.get_or_insert(site) != site;
            sites.home |= registrable.is_some_and(|registrable| sender.is_within(registrable));
            sites.resembling |= sender.resembles(host);
            self.set(Property::throwaway_link, lexicon.risky_tlds.covers(host));
            self.set(Property::name_in_links, sender.is_named_in(host.as_bytes()));
            self.set(Property::shortener, lexicon.shorteners.covers(host));
            self.set(Property::free_page, lexicon.free_hosting.covers(host));
        }
        sites
    }

    fn look_at_sender(&mut self, message: &Reading<'_>, sender: &Sender<'_>) {
        let replies = message.features.headers.reply_to.first().and_then(|mailbox| mailbox.address.rsplit_once('@'));
        let (domain, core) = (sender.domain_name(), sender.core());
        let in_domain = sender.is_named_in(&sender.domain) || sender.is_named_like_domain();
        let in_address = in_domain || sender.is_named_in(&sender.mailbox);
        self.set(Property::free_mailbox, message.lexicon.freemail.covers(domain));
        self.set(Property::reply_elsewhere, replies.is_some_and(|(_, domain)| !sender.is_related(domain)));
        self.set(Property::throwaway_sender, message.lexicon.risky_tlds.covers(domain));
        self.set(Property::name_in_address, in_address);
        self.set(Property::name_in_domain, in_domain);
        self.set(Property::name_unrelated, sender.has_name() && !in_address);
        self.set(Property::random_mailbox, looks_random(&sender.mailbox));
        self.set(Property::random_domain, looks_random(core));
        self.set(Property::digit_in_domain, core.iter().any(u8::is_ascii_digit));
        self.set(Property::subdomain, sender.has_subdomain());
        self.set(Property::name_symbols, is_decorated(sender.shown_name));
        self.set(Property::address_in_name, sender.shown_name.contains('@'));
    }

    fn look_at_text(&mut self, message: &Reading<'_>) {
        let (subject, features) = (message.subject(), message.features);
        let words = message.folded_text().split(|byte| *byte == b' ').filter(|word| !word.is_empty()).take(30).count();
        self.set(Property::wordless, words < 5);
        self.set(Property::few_words, (5..30).contains(&words));
        if let Some(html) = &features.html {
            self.set(Property::hidden_text, html.hidden_chars > 200);
            self.set(Property::more_hidden, html.hidden_chars > html.visible_chars.div_ceil(2));
        }
        self.set(Property::subject_symbols, is_decorated(subject));
        self.set(Property::subject_gap, subject.trim().contains("  "));
        self.set(Property::subject_exclaims, subject.contains('!'));
    }
}

/// What the links' hosts are together.
#[derive(Default)]
struct Sites {
    /// There are hosts with names.
    named: bool,
    /// Of more than one registrable domain.
    many: bool,
    /// One is the sender's.
    home: bool,
    /// One has the sender's registered label in it.
    resembling: bool,
}

/// Letters without vowels, or digits among letters: what a program makes up.
fn looks_random(label: &[u8]) -> bool {
    let count = |kind: fn(&u8) -> bool| label.iter().filter(|byte| kind(byte)).count();
    let letters = count(u8::is_ascii_alphabetic);
    let vowels = count(|byte| b"aeiouy".contains(byte));
    (letters >= 6 && vowels * 5 < letters) || (letters >= 3 && count(u8::is_ascii_digit) >= 2)
}

/// Emoji, dingbats, styled letters: everything from the symbols of Unicode on, East Asian writing left out.
fn is_decorated(text: &str) -> bool {
    text.chars().any(|c| matches!(c, '\u{2190}'..='\u{2bff}' | '\u{1d400}'..='\u{1d7ff}' | '\u{1f000}'..='\u{1faff}'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Lexicon;
    use model::features::UrlFact;
    use model::{Features, Mailbox};

    fn message(name: &str, address: &str, link: &str) -> Features {
        let mut features = Features::default();
        features.headers.from = vec![Mailbox { name: name.into(), address: address.into() }];
        features.urls = vec![UrlFact {
            url: format!("http://{link}/"),
            scheme: "http".into(),
            host: UrlHost::Name(DomainName::new(link).unwrap()),
            registrable: DomainName::new(
                &link.rsplit('.').take(2).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("."),
            ),
            has_userinfo: false,
            port: None,
            path: "/".into(),
            source: UrlSource::Link,
            disguised_address: false,
        }];
        features
    }

    fn holds(features: &Features, property: Property) -> bool {
        let lexicon = Lexicon::embedded();
        Properties::of(&Reading::new(features, &lexicon)).numbers().any(|number| number == property as usize)
    }

    #[test]
    fn they_fit_the_bits() {
        const { assert!(Properties::COUNT <= 64) };
        assert!(SAYS.iter().all(|says| !says.is_empty() && !says.contains('{')));
    }

    #[test]
    fn a_shop_that_links_to_itself_is_at_home() {
        let shop = message("Example Flowers", "news@mail.exampleflowers.example", "www.exampleflowers.example");
        assert!(holds(&shop, Property::links_home) && holds(&shop, Property::name_in_domain));
        assert!(!holds(&shop, Property::links_elsewhere) && !holds(&shop, Property::name_unrelated));
    }

    #[test]
    fn a_borrowed_name_that_links_elsewhere_is_not() {
        let thief = message("Example Flowers", "x7k9q2@other.test", "go.evil.top");
        for property in [Property::links_elsewhere, Property::one_foreign_site, Property::name_unrelated] {
            assert!(holds(&thief, property), "{property:?}");
        }
        assert!(holds(&thief, Property::random_mailbox) && holds(&thief, Property::throwaway_link));
        assert!(!holds(&thief, Property::name_in_address));
    }
}
