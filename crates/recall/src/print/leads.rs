//! Where a message leads its reader: the sites it links to, addresses to write to, wallets to pay into. Spam without any of
//! them earns nothing. What is the sender's own or the recipient's is left out, and so is what only pictures are loaded from.

use model::features::{UrlFact, UrlHost, UrlSource};
use model::{DomainName, Features};

use crate::hash;

/// Of more, the first count: a thief's page stands before the fiftieth link.
const MOST: usize = 24;
/// Lengths of a wallet's address, in characters.
const WALLET: std::ops::RangeInclusive<usize> = 26..=64;

/// The domains of From and login.
pub(super) struct Own([Option<DomainName>; 2]);

impl Own {
    pub(super) fn of(features: &Features) -> Self {
        let from = features.headers.from.first().and_then(model::Mailbox::domain);
        let login = features.sender.login.as_ref().and_then(|login| login.domain()).and_then(DomainName::new);
        Self([from, login])
    }

    /// Whether one of them is that domain or below it.
    pub(super) fn has(&self, domain: &str) -> bool {
        self.0.iter().flatten().any(|ours| is_within(ours.as_str(), domain))
    }
}

/// Hashes of where a message leads.
pub(super) struct Leads<'f> {
    features: &'f Features,
    own: &'f Own,
    hashes: Vec<u32>,
}

impl<'f> Leads<'f> {
    /// What links and Reply-To say.
    pub(super) fn of(features: &'f Features, own: &'f Own) -> Self {
        let mut leads = Self { features, own, hashes: Vec::new() };
        features.urls.iter().filter(|url| url.source != UrlSource::Image).for_each(|url| leads.link(url));
        features.headers.reply_to.iter().take(2).for_each(|mailbox| leads.address(&mailbox.address));
        leads
    }

    /// A piece of the text that is no word.
    pub(super) fn read(&mut self, token: &str) {
        let bare = token.trim_matches(|c: char| !c.is_alphanumeric());
        if bare.contains('@') && !bare.contains("//") {
            self.address(bare.rsplit(':').next().unwrap_or(bare));
        } else if is_wallet(bare) {
            self.add(hash::short(hash::of(bare)));
        }
    }

    pub(super) fn into_hashes(self) -> Vec<u32> {
        self.hashes
    }

    fn link(&mut self, url: &UrlFact) {
        match (&url.registrable, &url.host) {
            (Some(domain), _) => self.site(domain.as_str()),
            (None, UrlHost::Address(address)) => self.add(hash::folded(&address.to_string())),
            (None, UrlHost::Name(name)) => self.site(name.as_str()),
        }
    }

    fn site(&mut self, domain: &str) {
        if !self.own.has(domain) && !self.is_recipients(domain) {
            self.add(hash::folded(domain));
        }
    }

    fn address(&mut self, address: &str) {
        let domain = address.rsplit('@').next().unwrap_or_default().to_ascii_lowercase();
        let ours = self.own.0.iter().flatten().any(|ours| is_within(&domain, ours.as_str()));
        if domain.contains('.') && !ours && !self.own.has(&domain) && !self.is_written_to(address) {
            self.add(hash::folded(address));
        }
    }

    fn is_recipients(&self, domain: &str) -> bool {
        let recipients = self.features.sender.first_recipients.iter().take(4);
        recipients.filter_map(|path| path.domain()).any(|theirs| is_within(theirs.as_str(), domain))
    }

    fn is_written_to(&self, address: &str) -> bool {
        self.features.sender.first_recipients.iter().any(|path| path.as_str().eq_ignore_ascii_case(address))
    }

    fn add(&mut self, hash: u32) {
        if self.hashes.len() < MOST && !self.hashes.contains(&hash) {
            self.hashes.push(hash);
        }
    }
}

/// Whether a name is that domain or below it.
fn is_within(name: &str, domain: &str) -> bool {
    name.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Base58, bech32 or hexadecimal by shape: letters and digits only, both of them.
fn is_wallet(token: &str) -> bool {
    let begins = ["1", "3", "bc1", "0x", "T", "L", "X", "r", "addr1"].iter().any(|start| token.starts_with(start));
    let bytes = token.as_bytes();
    begins
        && WALLET.contains(&token.len())
        && bytes.iter().all(u8::is_ascii_alphanumeric)
        && bytes.iter().any(u8::is_ascii_digit)
        && bytes.iter().any(u8::is_ascii_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Mailbox;
    use model::envelope::Path;

    fn leads(text: &str, reply_to: &str) -> usize {
        let mut features = Features::default();
        let mailbox = |address: &str| Mailbox { name: String::new(), address: address.into() };
        features.headers.from = vec![mailbox("orders@mail.shop.example")];
        features.headers.reply_to = vec![mailbox(reply_to)];
        features.sender.first_recipients = vec![Path::new("jane@recipient.example")];
        features.text.plain = text.into();
        super::super::of(&features).1.len()
    }

    #[test]
    fn addresses_and_wallets_lead_somewhere() {
        assert_eq!(leads("write to <claims77@mailbox.example>, or claims77@mailbox.example.", ""), 1);
        assert_eq!(leads("Send it to 1BoatSLRHtKNngkdXEeobR76b53LETtpyT today", ""), 1);
        assert_eq!(leads("nothing but words", "office@mailbox.example"), 1);
    }

    #[test]
    fn what_is_the_senders_own_or_the_recipients_leads_nowhere() {
        assert_eq!(leads("Your order 123456789012345678901234567890 for jane@recipient.example", ""), 0);
        assert_eq!(leads("ask help@shop.example or news@x.mail.shop.example", "orders@mail.shop.example"), 0);
        assert_eq!(leads("> write to claims77@mailbox.example", ""), 0, "quoted");
    }

    #[test]
    fn there_are_only_so_many() {
        let many: String = (0..500).map(|number| format!("a{number}@mailbox.example ")).collect();
        assert_eq!(leads(&many, ""), MOST);
    }
}
