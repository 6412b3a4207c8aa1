//! Who owns what: the operator's file, what is in the store beside it, and whoever is asked about the rest.
//!
//! The longest prefix wins, and the exact login before its domain, wherever they are written; of two that are the same, the
//! file's comes before the store's. A look-up takes two prefix-tree walks or two hash look-ups.

mod enter;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use limits::Holdings;
use model::{AccountName, DomainName, Network, SubjectKey};
use prefix_trie::{Prefix, PrefixMap};
use settings::{Document, Problem};

use crate::address::Address;
use crate::customer::{Customer, Source};
use crate::elsewhere::{Elsewhere, Said};
use crate::entry::CustomerEntry;
use crate::holding::Holding;
use crate::mistake::Mistake;
use crate::settings::CustomerSettings;

pub(crate) use enter::customer;

/// Who owns what.
#[derive(Debug, Clone)]
pub struct Directory {
    /// Who owns what nobody else does.
    unknown: Arc<Customer>,
    v4: PrefixMap<Ipv4Net, Arc<Customer>>,
    v6: PrefixMap<Ipv6Net, Arc<Customer>>,
    accounts: HashMap<AccountName, Arc<Customer>>,
    /// `*@domain` of accounts.
    mail_domains: HashMap<DomainName, Arc<Customer>>,
    domains: HashMap<DomainName, Arc<Customer>>,
    services: BTreeMap<String, Member>,
    /// Where the operator's file is.
    file: Option<Arc<Path>>,
    /// Whether anybody has limits or releases of his own.
    has_terms: bool,
    /// Who is asked about what nobody here owns.
    elsewhere: Option<Arc<dyn Elsewhere>>,
}

/// A customer beside what was written of him.
#[derive(Debug, Clone)]
struct Member {
    customer: Arc<Customer>,
    entry: Arc<CustomerEntry>,
}

/// Why there is no directory. The messages are for the operator.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// The file can't be read.
    #[error("the customers {path} can't be read: {error}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The file has mistakes.
    #[error("the customers {path} have mistakes:{}", listed(mistakes))]
    Mistakes {
        /// The file.
        path: PathBuf,
        /// All of them, by line.
        mistakes: Vec<Problem>,
    },
}

fn listed(mistakes: &[Problem]) -> String {
    mistakes.iter().map(|mistake| format!("\n  {mistake}")).collect()
}

impl Directory {
    /// The directory of the settings; without a file, one that knows nobody.
    ///
    /// # Errors
    /// When the file can't be read, or has mistakes: all of them.
    pub fn load(settings: &CustomerSettings) -> Result<Self, DirectoryError> {
        let Some(path) = &settings.file else { return Ok(Self::nobody(settings)) };
        let text =
            std::fs::read_to_string(path).map_err(|error| DirectoryError::Unreadable { path: path.clone(), error })?;
        let read = Self::parse(&text, settings);
        let read = read.map_err(|mistakes| DirectoryError::Mistakes { path: path.clone(), mistakes })?;
        Ok(Self { file: Some(path.as_path().into()), ..read })
    }

    /// The directory of a file's text.
    ///
    /// # Errors
    /// Every mistake, by line.
    pub fn parse(text: &str, settings: &CustomerSettings) -> Result<Self, Vec<Problem>> {
        let mut document = Document::parse(text);
        let entries: Vec<CustomerEntry> = document.rows().unwrap_or_default();
        let mut directory = Self::nobody(settings);
        for (index, entry) in entries.iter().enumerate() {
            for Mistake { field, sentence } in directory.enter(entry, Source::File) {
                document.problem(&format!("customer[{}].{field}", index + 1), sentence);
            }
        }
        let mistakes = document.finish().into_sorted();
        if mistakes.is_empty() { Ok(directory) } else { Err(mistakes) }
    }

    /// A directory that knows nobody.
    pub fn nobody(settings: &CustomerSettings) -> Self {
        let contacts = settings.default_contact.iter().filter_map(|text| Address::parse(text)).collect();
        let unknown = Customer {
            service: String::new(),
            name: String::new(),
            contacts,
            language: settings.default_language,
            kind: settings.default_kind,
            suspended: false,
            expires: None,
            limits: BTreeMap::new(),
            automatic_releases: None,
            source: Source::Nowhere,
        };
        Self {
            unknown: Arc::new(unknown),
            v4: PrefixMap::new(),
            v6: PrefixMap::new(),
            accounts: HashMap::new(),
            mail_domains: HashMap::new(),
            domains: HashMap::new(),
            services: BTreeMap::new(),
            file: None,
            has_terms: false,
            elsewhere: None,
        }
    }

    /// The same with customers of the store beside those of the file; and what of each can't be used, by his service.
    pub(crate) fn with_stored<'e>(
        &self,
        entries: impl IntoIterator<Item = &'e CustomerEntry>,
    ) -> (Self, BTreeMap<String, Vec<Mistake>>) {
        let mut directory = self.clone();
        let mut wrong = BTreeMap::new();
        for entry in entries {
            let found = directory.store(entry);
            if !found.is_empty() {
                wrong.insert(entry.service.clone(), found);
            }
        }
        (directory, wrong)
    }

    /// The same, asking there about what nobody here owns.
    #[must_use]
    pub fn asking(self, elsewhere: Option<Arc<dyn Elsewhere>>) -> Self {
        Self { elsewhere, ..self }
    }

    /// Who owns what nobody is known to own: the default contact, in the default language.
    pub fn unknown(&self) -> Arc<Customer> {
        Arc::clone(&self.unknown)
    }

    /// The owner of a subject; the default owner when nobody is known to be.
    pub fn owner(&self, subject: &SubjectKey) -> Arc<Customer> {
        self.said(subject).owner().unwrap_or_else(|| self.unknown())
    }

    /// What is known by now of who owns a subject. Where nobody else is asked, there is always a last word.
    pub fn said(&self, subject: &SubjectKey) -> Said {
        match (self.known(subject), &self.elsewhere) {
            (Some(owner), _) => Said::Owner(Arc::clone(owner)),
            (None, Some(elsewhere)) => elsewhere.said(subject),
            (None, None) => Said::Nobody,
        }
    }

    /// The same, asked for elsewhere when nobody here is known to own it: for those who can wait.
    pub async fn ask(&self, subject: &SubjectKey) -> Said {
        match (&self.elsewhere, self.known(subject)) {
            (Some(elsewhere), None) => elsewhere.ask(subject).await,
            _ => self.said(subject),
        }
    }

    /// Whether an owner may have terms of his own: when not, a message asks for none.
    pub(crate) fn has_terms(&self) -> bool {
        self.has_terms || self.elsewhere.is_some()
    }

    /// Every network that somebody owns, with its owner.
    pub fn networks(&self) -> impl Iterator<Item = (IpNet, &Arc<Customer>)> {
        let v4 = self.v4.iter().map(|(net, owner)| (IpNet::V4(*net), owner));
        v4.chain(self.v6.iter().map(|(net, owner)| (IpNet::V6(*net), owner)))
    }

    /// The owner of all of a network; `None` when nobody is known to own it.
    pub fn owner_of(&self, net: IpNet) -> Option<&Arc<Customer>> {
        match net {
            IpNet::V4(net) => self.v4.get_lpm(&net).map(|(_, owner)| owner),
            IpNet::V6(net) => self.v6.get_lpm(&net).map(|(_, owner)| owner),
        }
    }

    /// Who has exactly this: not a wider network, not the domain of a login.
    pub(crate) fn holder(&self, holding: &Holding) -> Option<&Arc<Customer>> {
        match holding {
            Holding::Network(IpNet::V4(net)) => self.v4.get(net),
            Holding::Network(IpNet::V6(net)) => self.v6.get(net),
            Holding::Account(login) => self.accounts.get(login),
            Holding::MailDomain(domain) => self.mail_domains.get(domain),
            Holding::Domain(domain) => self.domains.get(domain),
        }
    }

    /// The operator's file, as it can be told in a sentence.
    pub(crate) fn file(&self) -> String {
        self.file.as_ref().map_or_else(
            || "the file of customers".to_owned(),
            |path| format!("the file of customers {}", path.display()),
        )
    }

    /// The rules that customers have limits of their own for.
    pub fn limited_rules(&self) -> BTreeSet<&str> {
        self.customers().flat_map(|customer| customer.limits.keys().map(String::as_str)).collect()
    }

    /// What was written of a customer.
    pub fn entry(&self, service: &str) -> Option<&Arc<CustomerEntry>> {
        self.services.get(service).map(|member| &member.entry)
    }

    /// How many customers are known.
    pub fn len(&self) -> usize {
        self.services.len()
    }

    /// Whether nobody is known.
    pub fn is_empty(&self) -> bool {
        self.services.is_empty()
    }

    /// Every customer, by his service's name.
    pub fn customers(&self) -> impl Iterator<Item = &Arc<Customer>> {
        self.services.values().map(|member| &member.customer)
    }

    /// The names of services in order, from there on.
    pub(crate) fn services_from(&self, from: Bound<&str>) -> impl Iterator<Item = &str> {
        self.services.range::<str, _>((from, Bound::Unbounded)).map(|(service, _)| service.as_str())
    }

    /// The customer of a service.
    pub fn customer(&self, service: &str) -> Option<&Arc<Customer>> {
        self.services.get(service).map(|member| &member.customer)
    }

    /// The customer of a service, asked elsewhere when he is not known here.
    pub fn customer_anywhere(&self, service: &str) -> Option<Arc<Customer>> {
        self.customer(service).cloned().or_else(|| self.elsewhere.as_ref()?.customer(service))
    }

    /// What a service owns, without what others own inside of it; `None` when there is no such service. Walks over
    /// everything that is owned: for searches, not for messages.
    pub fn holdings(&self, service: &str) -> Option<Holdings> {
        let Some(owner) = self.customer(service) else { return self.elsewhere.as_ref()?.holdings(service) };
        let is_his = |other: &&Arc<Customer>| Arc::ptr_eq(owner, other);
        let (v4, v6) = (nets(&self.v4, owner, IpNet::V4), nets(&self.v6, owner, IpNet::V6));
        let exact = |name: &AccountName| Holdings::subject(&SubjectKey::Account(name.clone()));
        let all = |names: Vec<Holdings>| names.into_iter().fold(Holdings::none(), Holdings::and);
        let of_others = self.accounts.iter().filter(|(_, other)| !is_his(other)).map(|(name, _)| exact(name)).collect();
        let his = self.accounts.iter().filter(|(_, other)| is_his(other)).map(|(name, _)| exact(name)).collect();
        let mail = self.mail_domains.iter().filter(|(_, other)| is_his(other));
        let mail = all(mail.map(|(domain, _)| Holdings::mail_domain(domain)).collect()).without(&all(of_others));
        let domains = self.domains.iter().filter(|(_, other)| is_his(other));
        let domains = domains.map(|(name, _)| Holdings::subject(&SubjectKey::Domain(name.clone()))).collect();
        Some(v4.and(v6).and(mail).and(all(his)).and(all(domains)))
    }

    fn known(&self, subject: &SubjectKey) -> Option<&Arc<Customer>> {
        match subject {
            SubjectKey::Ip(network) => self.owner_of_network(*network),
            SubjectKey::Account(name) => self.accounts.get(name).or_else(|| {
                let domain = name.domain().and_then(DomainName::new)?;
                self.mail_domains.get(&domain)
            }),
            SubjectKey::Domain(name) => self.domains.get(name),
        }
    }

    fn owner_of_network(&self, network: Network) -> Option<&Arc<Customer>> {
        match network.net() {
            IpNet::V4(net) => self.v4.get_lpm(&net).map(|(_, owner)| owner),
            IpNet::V6(net) => self.v6.get_lpm(&net).map(|(_, owner)| owner),
        }
    }
}

/// A customer's networks without the narrower ones of others inside.
fn nets<P: Prefix + Copy>(map: &PrefixMap<P, Arc<Customer>>, owner: &Arc<Customer>, net: fn(P) -> IpNet) -> Holdings {
    let own = map.iter().filter(|(_, other)| Arc::ptr_eq(owner, other)).map(|(wide, _)| {
        let inside = map.children(wide).filter(|(_, other)| !Arc::ptr_eq(owner, other));
        let foreign = inside.map(|(narrow, _)| Holdings::network(net(*narrow))).fold(Holdings::none(), Holdings::and);
        Holdings::network(net(*wide)).without(&foreign)
    });
    own.fold(Holdings::none(), Holdings::and)
}

#[cfg(test)]
mod tests;
