//! The settings of alerts, parsed: what a letter and its delivery need.

use std::time::Duration;

use model::{Block, BlockRef, SubjectKey};

use crate::address::{Address, is_host};
use crate::settings::{AlertSettings, Tls};

/// Who writes to whom, how, through which relay.
#[derive(Debug, Clone)]
pub struct Post {
    pub(crate) enabled: bool,
    pub(crate) relay: RelayAddr,
    pub(crate) tls: Tls,
    pub(crate) helo: String,
    pub(crate) from: Address,
    pub(crate) operators: Vec<Address>,
    pub(crate) notify_account: bool,
    pub(crate) subject: String,
    pub(crate) timeout: Duration,
    pub(crate) give_up_after: Duration,
    pub(crate) node: String,
    link: String,
}

/// The relay's name or address, without brackets, and its port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RelayAddr {
    pub(crate) host: String,
    pub(crate) port: u16,
}

/// Options with what is wrong with them.
type Mistakes = Vec<(String, String)>;

impl Post {
    /// The settings of the node of that name. `{ref}` in `link` stands for a block's reference.
    ///
    /// # Errors
    /// Every option that can't be used, as `alerts.key` with a sentence.
    pub fn new(settings: &AlertSettings, node: &str, link: &str) -> Result<Self, Mistakes> {
        let mut mistakes = Mistakes::new();
        let mut note = |option: &str, sentence: String| mistakes.push((format!("alerts.{option}"), sentence));
        let relay = RelayAddr::parse(&settings.relay);
        if relay.is_none() {
            note("relay", format!("expected \"host:port\", found \"{}\"", settings.relay));
        }
        let helo = settings.helo.clone().unwrap_or_else(|| host_of(node));
        if !is_host(&helo) {
            note("helo", format!("expected a host name, found \"{helo}\""));
        }
        let from = settings.from.clone().unwrap_or_else(|| format!("portreeve@{}", host_of(node)));
        let sender = Address::parse(&from);
        if sender.is_none() {
            note("from", format!("expected a mail address like \"abuse@provider.example\", found \"{from}\""));
        }
        let operators: Vec<_> = settings.to.iter().filter_map(|text| Address::parse(text)).collect();
        for text in settings.to.iter().filter(|text| Address::parse(text).is_none()) {
            note("to", format!("expected mail addresses or \"postmaster\", found \"{text}\""));
        }
        if settings.enabled && settings.to.is_empty() {
            note("to", "nobody would be told of a blocked IP address: name an address, or set enabled = false".into());
        }
        match (relay, sender) {
            (Some(relay), Some(from)) if mistakes.is_empty() => Ok(Self {
                enabled: settings.enabled,
                relay,
                tls: settings.tls,
                helo,
                from,
                operators,
                notify_account: settings.notify_account,
                subject: settings.subject.clone(),
                timeout: settings.timeout,
                give_up_after: settings.give_up_after,
                node: node.to_owned(),
                link: link.to_owned(),
            }),
            _ => Err(mistakes),
        }
    }

    /// Whom a block is told to: the account first, then the operators; nobody twice.
    pub(crate) fn recipients(&self, block: &Block) -> Vec<Address> {
        let mut recipients: Vec<_> = self.customer(block).into_iter().collect();
        for operator in &self.operators {
            if !recipients.contains(operator) {
                recipients.push(operator.clone());
            }
        }
        recipients
    }

    /// The blocked account's own address.
    pub(crate) fn customer(&self, block: &Block) -> Option<Address> {
        match &block.subject {
            SubjectKey::Account(name) if self.notify_account => {
                Address::parse(name.as_str()).filter(|address| address.as_str().contains('@'))
            }
            _ => None,
        }
    }

    /// The link to one block.
    pub(crate) fn link_to(&self, reference: &BlockRef) -> String {
        self.link.replace("{ref}", reference.as_str())
    }
}

/// A node's name is any text; a host name must be one.
fn host_of(node: &str) -> String {
    if is_host(node) { node.to_owned() } else { "localhost".into() }
}

impl RelayAddr {
    fn parse(text: &str) -> Option<Self> {
        let (host, port) = text.rsplit_once(':')?;
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let port = port.parse().ok().filter(|port| *port != 0)?;
        let usable = is_host(bare) || bare.parse::<std::net::IpAddr>().is_ok();
        usable.then(|| Self { host: bare.to_owned(), port })
    }

    /// `host:port`, as it is dialled and shown.
    pub(crate) fn dialled(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::samples;

    #[test]
    fn every_mistake_is_told() {
        let settings = AlertSettings {
            relay: "mail".into(),
            helo: Some("a b".into()),
            from: Some("me".into()),
            to: vec!["you".into(), "abuse@provider.example".into()],
            ..AlertSettings::default()
        };
        let options: Vec<_> =
            Post::new(&settings, "n", "").unwrap_err().into_iter().map(|(option, _)| option).collect();
        assert_eq!(options, ["alerts.relay", "alerts.helo", "alerts.from", "alerts.to"]);
        let nobody = AlertSettings { to: Vec::new(), ..AlertSettings::default() };
        assert_eq!(Post::new(&nobody, "n", "").unwrap_err().len(), 1);
        assert!(Post::new(&AlertSettings { enabled: false, ..nobody }, "n", "").is_ok());
    }

    #[test]
    fn the_defaults_fit_any_node_name() {
        for (node, from) in [
            ("mx1.example", "portreeve@mx1.example"),
            ("the first", "portreeve@localhost"),
            ("", "portreeve@localhost"),
        ] {
            assert_eq!(Post::new(&AlertSettings::default(), node, "").unwrap().from.as_str(), from);
        }
    }

    #[test]
    fn relays_are_hosts_and_addresses() {
        let parsed = |text| RelayAddr::parse(text).map(|relay| relay.dialled());
        assert_eq!(parsed("192.0.2.1:25").as_deref(), Some("192.0.2.1:25"));
        assert_eq!(parsed("[2001:db8::1]:25").as_deref(), Some("[2001:db8::1]:25"));
        assert_eq!(parsed("mail.example:587").as_deref(), Some("mail.example:587"));
        for wrong in ["mail.example", ":25", "mail.example:0", "mail.example:x", "a b:25"] {
            assert_eq!(parsed(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_account_is_told_first_and_nobody_twice() {
        let settings = AlertSettings {
            to: vec!["abuse@provider.example".into(), "bob@shop.example".into()],
            ..AlertSettings::default()
        };
        let post = Post::new(&settings, "n", "").unwrap();
        let told = |block: &Block| post.recipients(block).iter().map(ToString::to_string).collect::<Vec<_>>();
        let mut block = samples::block("one", 1);
        assert_eq!(told(&block), ["bob@shop.example", "abuse@provider.example"]);
        block.subject = samples::account("postmaster");
        assert_eq!(told(&block), ["abuse@provider.example", "bob@shop.example"], "a login is no address by chance");
    }
}
