//! What of a message is looked up, each once and not too many of them.

use std::fmt;
use std::net::IpAddr;

use model::circumstances::Asked;
use model::envelope::Path;
use model::features::{UrlHost, UrlSource};
use model::{DomainName, Features, Mailbox, Session};

/// More domains of links than this are not looked up.
const MAX_URL_DOMAINS: usize = 20;
/// More hosts of links than this are not resolved.
const MAX_URL_HOSTS: usize = 8;
/// More mailboxes of one field than this are not looked up.
const MAX_MAILBOXES: usize = 4;

/// A name or an address as lists hold it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Entry {
    /// A registrable domain.
    Domain(DomainName),
    /// An address.
    Address(IpAddr),
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Domain(domain) => domain.fmt(f),
            Self::Address(address) => address.fmt(f),
        }
    }
}

/// One thing to look up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subject {
    pub(crate) asked: Asked,
    pub(crate) entry: Entry,
}

impl Subject {
    pub(crate) fn domain(asked: Asked, domain: &DomainName) -> Self {
        Self { asked, entry: Entry::Domain(registrable(domain)) }
    }

    pub(crate) fn address(asked: Asked, address: IpAddr) -> Self {
        Self { asked, entry: Entry::Address(address) }
    }
}

/// What is known at MAIL already.
pub(crate) fn of_session(session: &Session, sender: &Path) -> Vec<Subject> {
    let client = session.client.map(|client| client.ip()).filter(|ip| is_public(*ip));
    let client = client.map(|ip| Subject::address(Asked::Client, ip));
    client.into_iter().chain(sender.domain().map(|domain| Subject::domain(Asked::MailFrom, &domain))).collect()
}

/// What a message names; the addresses its hosts have are not known yet.
pub(crate) fn of_message(features: &Features) -> Vec<Subject> {
    let (sender, headers) = (&features.sender, &features.headers);
    let mut subjects = Vec::new();
    let client = sender.client.map(|client| client.ip()).filter(|ip| is_public(*ip));
    subjects.extend(client.map(|ip| Subject::address(Asked::Client, ip)));
    subjects.extend(
        sender.mail_from.as_ref().and_then(Path::domain).map(|domain| Subject::domain(Asked::MailFrom, &domain)),
    );
    subjects.extend(mailboxes(Asked::From, &headers.from));
    subjects.extend(mailboxes(Asked::ReplyTo, &headers.reply_to));
    subjects.extend(urls(features));
    let mut once = Vec::with_capacity(subjects.len());
    for subject in subjects {
        if !once.contains(&subject) {
            once.push(subject);
        }
    }
    once
}

fn mailboxes(asked: Asked, mailboxes: &[Mailbox]) -> impl Iterator<Item = Subject> + '_ {
    let domains = mailboxes.iter().take(MAX_MAILBOXES).filter_map(Mailbox::domain);
    domains.map(move |domain| Subject::domain(asked, &domain))
}

/// Links first, images after them: a picture's host is the newsletter's, a link's where the reader shall go.
fn urls(features: &Features) -> Vec<Subject> {
    let (links, images): (Vec<_>, Vec<_>) = features.urls.iter().partition(|url| url.source != UrlSource::Image);
    let mut subjects: Vec<Subject> = Vec::new();
    for url in links.into_iter().chain(images) {
        let subject = match &url.host {
            UrlHost::Name(name) => Subject {
                asked: Asked::Url,
                entry: Entry::Domain(url.registrable.clone().unwrap_or_else(|| name.clone())),
            },
            UrlHost::Address(address) => Subject::address(Asked::UrlAddress, *address),
        };
        if subjects.len() < MAX_URL_DOMAINS && !subjects.contains(&subject) {
            subjects.push(subject);
        }
    }
    subjects
}

/// The hosts of links, to be resolved.
pub(crate) fn url_hosts(features: &Features) -> Vec<DomainName> {
    let links = features.urls.iter().filter(|url| url.source != UrlSource::Image);
    let mut hosts: Vec<DomainName> = Vec::new();
    for url in links {
        if let UrlHost::Name(name) = &url.host
            && hosts.len() < MAX_URL_HOSTS
            && !hosts.contains(name)
        {
            hosts.push(name.clone());
        }
    }
    hosts
}

/// The domain under a public suffix, which is what lists hold.
fn registrable(domain: &DomainName) -> DomainName {
    let found = psl::domain_str(domain.as_str()).and_then(DomainName::new);
    found.unwrap_or_else(|| domain.clone())
}

/// Whether a list can know the address at all.
fn is_public(address: IpAddr) -> bool {
    let private = match address {
        IpAddr::V4(v4) => v4.is_private() || v4.is_link_local() || v4.is_unspecified(),
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_unicast_link_local() || v6.is_unspecified(),
    };
    !private && !address.is_loopback()
}
