//! Everything DNS is asked about one message: in parallel, under one budget.

use std::sync::Arc;
use std::time::Duration;

use model::circumstances::{Asked, DnsFacts, Listing};
use model::envelope::Path;
use model::{DomainName, Features, Message, Session};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use crate::authentication::{Found, Letter};
use crate::dns::Dns;
use crate::health::Health;
use crate::name::Name;
use crate::resolver::{Kind, Question};
use crate::settings::{DnsListRule, ReputationSettings};
use crate::subjects::{self, Entry, Subject};
use crate::zones::{Said, Zone};

/// Addresses of one host that are looked up.
const MAX_ADDRESSES: usize = 2;

/// Asks what one configuration wants to know.
pub struct Reputation {
    pub(crate) dns: Arc<Dns>,
    pub(crate) health: Arc<Health>,
    pub(crate) zones: Vec<Arc<Zone>>,
    pub(crate) settings: ReputationSettings,
    budget: Duration,
}

/// One answer about a message.
enum Told {
    Lists(Vec<Listing>),
    Missing(Asked, DomainName),
    Authentication(Found),
    /// Answered, with nothing to say.
    Nothing,
    Unknown,
}

impl Reputation {
    /// What these settings ask for; `budget` is for all look-ups of one message.
    pub fn new(
        settings: ReputationSettings,
        lists: &[DnsListRule],
        budget: Duration,
        dns: Arc<Dns>,
        health: Arc<Health>,
    ) -> Self {
        Self { dns, health, zones: Zone::compile(lists), settings, budget }
    }

    /// Whether anything is asked about messages.
    pub fn asks(&self) -> bool {
        let of_messages = Asked::ALL.iter().filter(|asked| **asked != Asked::OwnAddress);
        self.settings.domains_exist
            || self.settings.mail_authentication
            || of_messages.into_iter().any(|asked| self.any_list_asks(*asked))
    }

    /// What DNS says of a message, as far as it does within the budget. What comes later is dropped.
    pub async fn ask(&self, message: &Message, features: &Features) -> DnsFacts {
        let mut facts = DnsFacts::default();
        if !self.health.may_ask() {
            return facts;
        }
        let mut asking = self.questions(message, features);
        let (deadline, mut answered, mut unanswered) = (Instant::now() + self.budget, false, false);
        loop {
            match timeout_at(deadline, asking.join_next()).await {
                Ok(None) => break,
                Ok(Some(Err(_))) => unanswered = true,
                Ok(Some(Ok(told))) => {
                    answered |= told.is_answer();
                    unanswered |= told.lacks_answer();
                    told.enter(&mut facts);
                }
                Err(_) => {
                    unanswered = true;
                    break;
                }
            }
        }
        self.health.asked(answered, unanswered);
        sorted(facts)
    }

    /// What can be known before the message is here is asked for now, to be remembered.
    pub fn announce(&self, session: &Session, sender: &Path) {
        if !self.health.may_ask() || !self.dns.has_room() {
            return;
        }
        for subject in subjects::of_session(session, sender) {
            for zone in self.zones_for(&subject) {
                let (dns, name) = (Arc::clone(&self.dns), zone.query(&subject.entry));
                if let Some(name) = name {
                    tokio::spawn(async move { dns.ask(Question { name, kind: Kind::A }).await });
                }
            }
        }
    }

    fn questions(&self, message: &Message, features: &Features) -> JoinSet<Told> {
        let mut asking = JoinSet::new();
        for subject in subjects::of_message(features) {
            for zone in self.zones_for(&subject) {
                let (dns, health, subject) = (Arc::clone(&self.dns), Arc::clone(&self.health), subject.clone());
                asking.spawn(async move { in_list(&dns, &health, &zone, &subject).await });
            }
            if let (true, Asked::From | Asked::Url, Entry::Domain(domain)) =
                (self.settings.domains_exist, subject.asked, subject.entry)
            {
                let dns = Arc::clone(&self.dns);
                asking.spawn(async move { existence(&dns, subject.asked, domain).await });
            }
        }
        self.resolve_hosts(features, &mut asking);
        self.authenticate(message, features, &mut asking);
        asking
    }

    /// In a task of its own like the rest, so that a defect of the library costs an answer and no more.
    fn authenticate(&self, message: &Message, features: &Features, asking: &mut JoinSet<Told>) {
        let Some(authenticator) = self.dns.authenticator().filter(|_| self.settings.mail_authentication) else {
            return;
        };
        if let Some(letter) = Letter::of(message, features, &self.settings) {
            asking.spawn(async move { Told::Authentication(authenticator.check(&letter).await) });
        }
    }

    fn resolve_hosts(&self, features: &Features, asking: &mut JoinSet<Told>) {
        let zones: Vec<_> = self.zones.iter().filter(|zone| zone.asks(Asked::UrlAddress)).cloned().collect();
        if zones.is_empty() {
            return;
        }
        for host in subjects::url_hosts(features) {
            let (dns, health, zones) = (Arc::clone(&self.dns), Arc::clone(&self.health), zones.clone());
            asking.spawn(async move { behind_host(&dns, &health, &zones, &host).await });
        }
    }

    pub(crate) fn zones_for(&self, subject: &Subject) -> Vec<Arc<Zone>> {
        let asked = self.zones.iter().filter(|zone| zone.asks(subject.asked) && self.health.may_ask_list(&zone.name));
        asked.cloned().collect()
    }

    pub(crate) fn any_list_asks(&self, asked: Asked) -> bool {
        self.zones.iter().any(|zone| zone.asks(asked))
    }
}

impl Told {
    fn is_answer(&self) -> bool {
        match self {
            Self::Lists(_) | Self::Missing(..) | Self::Nothing => true,
            Self::Authentication(found) => found.answered,
            Self::Unknown => false,
        }
    }

    fn lacks_answer(&self) -> bool {
        match self {
            Self::Lists(_) | Self::Missing(..) | Self::Nothing => false,
            Self::Authentication(found) => found.unanswered,
            Self::Unknown => true,
        }
    }

    fn enter(self, facts: &mut DnsFacts) {
        match self {
            Self::Lists(listings) => facts.listings.extend(listings),
            Self::Missing(asked, domain) => facts.missing.push((asked, domain)),
            Self::Authentication(found) => facts.authentication = found.facts,
            Self::Nothing | Self::Unknown => {}
        }
    }
}

/// Answers come in any order; a score must not depend on it.
fn sorted(mut facts: DnsFacts) -> DnsFacts {
    facts
        .listings
        .sort_by(|one, other| (one.asked, &one.entry, &one.zone).cmp(&(other.asked, &other.entry, &other.zone)));
    facts.missing.sort();
    facts
}

async fn in_list(dns: &Dns, health: &Health, zone: &Zone, subject: &Subject) -> Told {
    match listings(dns, health, zone, subject).await {
        Said::Listings(listings) => Told::Lists(listings),
        Said::Refused(_) => Told::Nothing,
        Said::Unknown => Told::Unknown,
    }
}

/// Asks one zone about one subject and tells how the zone behaves.
pub(crate) async fn listings(dns: &Dns, health: &Health, zone: &Zone, subject: &Subject) -> Said {
    let Some(name) = zone.query(&subject.entry) else { return Said::Listings(Vec::new()) };
    let said = zone.read(subject, &dns.ask(Question { name, kind: Kind::A }).await);
    match &said {
        Said::Refused(answer) => health.list_refused(&zone.name, *answer),
        Said::Listings(_) => health.list_answered(&zone.name),
        Said::Unknown => {}
    }
    said
}

async fn existence(dns: &Dns, asked: Asked, domain: DomainName) -> Told {
    match dns.exists(&domain).await {
        Some(true) => Told::Nothing,
        Some(false) => Told::Missing(asked, domain),
        None => Told::Unknown,
    }
}

async fn behind_host(dns: &Dns, health: &Health, zones: &[Arc<Zone>], host: &DomainName) -> Told {
    let Some(name) = Name::of(host) else { return Told::Nothing };
    let answer = dns.ask(Question { name, kind: Kind::A }).await;
    let mut found = Vec::new();
    for address in answer.addresses().take(MAX_ADDRESSES) {
        let subject = Subject::address(Asked::UrlAddress, address);
        for zone in zones.iter().filter(|zone| health.may_ask_list(&zone.name)) {
            if let Said::Listings(listings) = listings(dns, health, zone, &subject).await {
                found.extend(listings);
            }
        }
    }
    if matches!(answer, crate::Answer::Unknown(_)) { Told::Unknown } else { Told::Lists(found) }
}
