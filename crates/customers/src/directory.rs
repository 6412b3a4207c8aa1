//! The operator's file, read and looked up.
//!
//! Security: nothing here comes from the network. A look-up takes two prefix-tree walks or two hash look-ups.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use limits::Holdings;
use model::{AccountName, DomainName, Network, SubjectKey, SubjectKind};
use prefix_trie::{Prefix, PrefixMap};
use settings::{Document, Problem};

use crate::address::Address;
use crate::customer::Customer;
use crate::entry::CustomerEntry;
use crate::settings::CustomerSettings;

/// Who owns what.
#[derive(Debug)]
pub struct Directory {
    /// Who owns what nobody else does.
    unknown: Arc<Customer>,
    v4: PrefixMap<Ipv4Net, Arc<Customer>>,
    v6: PrefixMap<Ipv6Net, Arc<Customer>>,
    accounts: HashMap<AccountName, Arc<Customer>>,
    /// `*@domain` of accounts.
    mail_domains: HashMap<DomainName, Arc<Customer>>,
    domains: HashMap<DomainName, Arc<Customer>>,
    limits: Vec<Limit>,
    services: BTreeMap<String, Arc<Customer>>,
}

/// A limit of one rule for what one customer owns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// The rule's name.
    pub rule: String,
    /// What the names are.
    pub subject: SubjectKind,
    /// Whom, as an override of the configuration names them.
    pub names: Vec<String>,
    /// The limit; 0 is none.
    pub limit: u64,
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
        Self::parse(&text, settings).map_err(|mistakes| DirectoryError::Mistakes { path: path.clone(), mistakes })
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
            for (option, why) in directory.add(entry, entries.get(..index).unwrap_or_default()) {
                document.problem(&format!("customer[{}].{option}", index + 1), why);
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
        };
        Self {
            unknown: Arc::new(unknown),
            v4: PrefixMap::new(),
            v6: PrefixMap::new(),
            accounts: HashMap::new(),
            mail_domains: HashMap::new(),
            domains: HashMap::new(),
            limits: Vec::new(),
            services: BTreeMap::new(),
        }
    }

    /// Who owns what nobody is known to own: the default contact, in the default language.
    pub fn unknown(&self) -> Arc<Customer> {
        Arc::clone(&self.unknown)
    }

    /// The owner of a subject; the default owner when nobody is known to be.
    pub fn owner(&self, subject: &SubjectKey) -> Arc<Customer> {
        Arc::clone(self.known(subject).unwrap_or(&self.unknown))
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

    /// Limits that customers have of their own, in the order of the file.
    pub fn limits(&self) -> &[Limit] {
        &self.limits
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
        self.services.values()
    }

    /// The customer of a service.
    pub fn customer(&self, service: &str) -> Option<&Arc<Customer>> {
        self.services.get(service)
    }

    /// What a service owns, without what others own inside of it; `None` when there is no such service. Walks over
    /// everything that is owned: for searches, not for messages.
    pub fn holdings(&self, service: &str) -> Option<Holdings> {
        let owner = self.services.get(service)?;
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

    /// Adds a customer, and tells what of him can't be used: option and sentence.
    fn add(&mut self, entry: &CustomerEntry, earlier: &[CustomerEntry]) -> Vec<(&'static str, String)> {
        let mut wrong = Vec::new();
        if entry.service.trim().is_empty() {
            wrong.push(("service", "is empty; expected the service's name".to_owned()));
        } else if earlier.iter().any(|other| other.service == entry.service) {
            wrong.push(("service", format!("there is another customer \"{}\"", entry.service)));
        }
        let contacts: Vec<_> = entry.contact.iter().filter_map(|text| Address::parse(text)).collect();
        if contacts.len() < entry.contact.len() || contacts.is_empty() {
            wrong.push(("contact", "expected mail addresses like \"owner@shop.example\"".to_owned()));
        }
        let customer = Arc::new(Customer {
            service: entry.service.clone(),
            name: entry.name.clone(),
            contacts,
            language: entry.language,
            kind: entry.kind,
            suspended: entry.suspended,
            expires: entry.expires.map(|day| day.0),
        });
        self.own(entry, &customer, &mut wrong);
        self.limit(entry);
        self.services.insert(entry.service.clone(), customer);
        wrong
    }

    fn own(&mut self, entry: &CustomerEntry, customer: &Arc<Customer>, wrong: &mut Vec<(&'static str, String)>) {
        let mut note = |option, name: &str, why: Option<String>| {
            if let Some(why) = why {
                wrong.push((option, format!("\"{name}\" {why}")));
            }
        };
        for name in &entry.networks {
            note("networks", name, self.own_network(name, customer));
        }
        for name in &entry.accounts {
            note("accounts", name, self.own_account(name, customer));
        }
        for name in &entry.domains {
            let owned = DomainName::new(name).map(|domain| self.domains.insert(domain, Arc::clone(customer)));
            note("domains", name, complaint(owned, "is no domain"));
        }
    }

    fn own_network(&mut self, name: &str, customer: &Arc<Customer>) -> Option<String> {
        let owned = match network(name) {
            Some(IpNet::V4(net)) => Some(self.v4.insert(net, Arc::clone(customer))),
            Some(IpNet::V6(net)) => Some(self.v6.insert(net, Arc::clone(customer))),
            None => None,
        };
        complaint(owned, "is no network; expected an address, or one like 192.0.2.0/24 (IPv6: /64 or shorter)")
    }

    fn own_account(&mut self, name: &str, customer: &Arc<Customer>) -> Option<String> {
        let owned = match name.trim().strip_prefix("*@") {
            Some(domain) => {
                DomainName::new(domain).map(|domain| self.mail_domains.insert(domain, Arc::clone(customer)))
            }
            None if name.contains('*') => None,
            None => AccountName::from_login(name).map(|name| self.accounts.insert(name, Arc::clone(customer))),
        };
        complaint(owned, "is no account; expected a login, or \"*@\" and a domain")
    }

    /// The customer's limits, for each kind of what he owns: which kind a rule counts is the rule's affair.
    fn limit(&mut self, entry: &CustomerEntry) {
        for (rule, limit) in &entry.limits.0 {
            for (subject, names) in [
                (SubjectKind::Ip, &entry.networks),
                (SubjectKind::Account, &entry.accounts),
                (SubjectKind::Domain, &entry.domains),
            ] {
                if !names.is_empty() {
                    let (rule, names) = (rule.clone(), names.clone());
                    self.limits.push(Limit { rule, subject, names, limit: *limit });
                }
            }
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

/// What is wrong with a name: it could not be read, or somebody else has it.
fn complaint(owned: Option<Option<Arc<Customer>>>, unreadable: &str) -> Option<String> {
    match owned {
        None => Some(unreadable.to_owned()),
        Some(Some(other)) => Some(format!("belongs to \"{}\" as well", other.service)),
        Some(None) => None,
    }
}

/// A network, or an address, which stands for what is counted as one: of IPv6 its /64.
fn network(name: &str) -> Option<IpNet> {
    if !name.contains('/') {
        return Network::parse(name).map(Network::net);
    }
    let net = name.trim().parse::<IpNet>().ok()?;
    (net.addr().is_ipv4() || net.prefix_len() <= 64).then(|| net.trunc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customer::{Kind, Language};
    use proptest::prelude::*;

    fn directory(text: &str) -> Result<Directory, Vec<String>> {
        let told = |mistakes: Vec<Problem>| mistakes.iter().map(ToString::to_string).collect();
        let settings = CustomerSettings { default_contact: vec!["help@provider.example".into()], ..Default::default() };
        Directory::parse(text, &settings).map_err(told)
    }

    fn customer(service: &str, owns: &str) -> String {
        format!("[[customer]]\nservice = \"{service}\"\ncontact = [\"x@{service}.example\"]\n{owns}\n")
    }

    fn owner(directory: &Directory, kind: SubjectKind, name: &str) -> String {
        directory.owner(&SubjectKey::parse(kind, name).unwrap()).service.clone()
    }

    #[test]
    fn the_longest_prefix_and_the_exact_login_win() {
        let text = [
            customer("net", "networks = ['192.0.2.0/24', '2001:db8::/32']"),
            customer("part", "networks = ['192.0.2.16/28', '2001:db8:1::/48', '192.0.2.200']"),
            customer("shop", "accounts = ['*@shop.example']\ndomains = ['shop.example']"),
            customer("bob", "accounts = ['Bob@shop.example', 'u4711']"),
        ];
        let directory = directory(&text.concat()).unwrap();
        for (kind, name, expected) in [
            (SubjectKind::Ip, "192.0.2.1", "net"),
            (SubjectKind::Ip, "192.0.2.17", "part"),
            (SubjectKind::Ip, "192.0.2.200", "part"),
            (SubjectKind::Ip, "198.51.100.1", ""),
            (SubjectKind::Ip, "2001:db8:2::1", "net"),
            (SubjectKind::Ip, "2001:db8:1:2::1", "part"),
            (SubjectKind::Ip, "2001:db9::1", ""),
            (SubjectKind::Account, "ann@shop.example", "shop"),
            (SubjectKind::Account, "bob@shop.example", "bob"),
            (SubjectKind::Account, "u4711", "bob"),
            (SubjectKind::Account, "ann@sub.shop.example", ""),
            (SubjectKind::Domain, "shop.example", "shop"),
        ] {
            assert_eq!(owner(&directory, kind, name), expected, "{name}");
        }
        assert_eq!(directory.len(), 4);
    }

    #[test]
    fn what_nobody_owns_belongs_to_the_default_owner() {
        let directory = directory("").unwrap();
        let owner = directory.owner(&SubjectKey::parse(SubjectKind::Ip, "192.0.2.1").unwrap());
        assert_eq!(owner.contacts, [Address::parse("help@provider.example").unwrap()]);
        assert!(directory.is_empty());
    }

    #[test]
    fn every_mistake_is_told_with_its_line() {
        let text = [
            customer("one", "networks = ['192.0.2.0/33', '192.0.2.0/24', '2001:db8::1/128']"),
            customer("one", "accounts = ['a*b@shop.example']\nlanguage = 'it'"),
            customer("two", "networks = ['192.0.2.77/24']\ncolour = 1"),
            "[[customer]]\nservice = ' '\ncontact = ['nobody']\n".to_owned(),
        ];
        let told = directory(&text.concat()).unwrap_err();
        let lines: Vec<_> = told.iter().filter_map(|mistake| mistake.split_once(": ")).collect();
        let expected = [
            ("line 4", "\"192.0.2.0/33\" is no network"),
            ("line 4", "\"2001:db8::1/128\" is no network"),
            ("line 6", "there is another customer \"one\""),
            ("line 8", "\"a*b@shop.example\" is no account"),
            ("line 9", "expected one of \"en\", \"fr\", \"de\""),
            ("line 13", "\"192.0.2.77/24\" belongs to \"one\" as well"),
            ("line 14", "no such option"),
            ("line 16", "is empty"),
            ("line 17", "expected mail addresses"),
        ];
        assert_eq!(lines.len(), expected.len(), "{told:#?}");
        for ((line, sentence), (expected_line, part)) in lines.iter().zip(expected) {
            assert!(*line == expected_line && sentence.contains(part), "{line}: {sentence}");
        }
    }

    #[test]
    fn limits_are_told_for_what_a_customer_owns() {
        let owns = "accounts = ['*@shop.example']\nlimits = { account-rate = 5000 }\nkind = 'mxplan'\nlanguage = 'fr'";
        let directory = directory(&customer("shop", owns)).unwrap();
        let names = vec!["*@shop.example".to_owned()];
        let expected = Limit { rule: "account-rate".into(), subject: SubjectKind::Account, names, limit: 5000 };
        assert_eq!(directory.limits(), [expected]);
        let owner = directory.owner(&SubjectKey::parse(SubjectKind::Account, "a@shop.example").unwrap());
        assert_eq!((owner.kind, owner.language), (Kind::Mxplan, Language::Fr));
    }

    #[test]
    fn a_subscription_ends_with_its_last_day() {
        let owns = "accounts = ['*@shop.example']\nsuspended = true\nexpires = '2026-12-31'";
        let owner = directory(&customer("shop", owns))
            .unwrap()
            .owner(&SubjectKey::parse(SubjectKind::Account, "a@shop.example").unwrap());
        assert!(owner.suspended);
        assert_eq!(owner.expires.map(|time| time.to_string()).as_deref(), Some("2027-01-01T00:00:00Z"));
        let wrong = directory(&customer("shop", "expires = '31.12.2026'")).unwrap_err();
        assert_eq!(wrong, ["line 4: customer[1].expires: expected a day like \"2026-12-31\", found \"31.12.2026\""]);
    }

    #[test]
    fn what_a_customer_holds_is_what_he_is_told_to_own() {
        let text = [
            customer("shop", "accounts = ['*@shop.example']\ndomains = ['shop.example']"),
            customer("bob", "accounts = ['bob@shop.example', 'u4711']"),
        ];
        let directory = directory(&text.concat()).unwrap();
        for (kind, name) in [
            (SubjectKind::Account, "bob@shop.example"),
            (SubjectKind::Account, "ann@shop.example"),
            (SubjectKind::Account, "bobby@shop.example"),
            (SubjectKind::Account, "u4711"),
            (SubjectKind::Account, "u4712"),
            (SubjectKind::Domain, "shop.example"),
            (SubjectKind::Domain, "mail.shop.example"),
        ] {
            let subject = SubjectKey::parse(kind, name).unwrap();
            for service in ["shop", "bob"] {
                let holds = directory.holdings(service).unwrap().holds(&subject);
                assert_eq!(holds, directory.owner(&subject).service == service, "{service} {name}");
            }
        }
        assert_eq!(directory.holdings("nobody"), None);
    }

    #[test]
    fn the_sample_reads_without_a_mistake() {
        let sample = settings::row_sample(&CustomerEntry::examples());
        let options = sample.lines().map(|line| match line.strip_prefix('#') {
            Some(rest) if !rest.starts_with([' ', '#']) => format!("{rest}\n"),
            _ => format!("{line}\n"),
        });
        let directory = directory(&options.collect::<String>()).unwrap();
        assert_eq!(owner(&directory, SubjectKind::Ip, "192.0.2.20"), "server-0815");
    }

    proptest! {
        #[test]
        fn the_tree_finds_what_trying_every_network_finds(
            networks in prop::collection::btree_set((any::<u16>(), 16u8..=32), 1..12),
            address in any::<u16>(),
        ) {
            let net = |(bits, length): (u16, u8)| {
                Ipv4Net::new(std::net::Ipv4Addr::from(0xc000_0000 | u32::from(bits)), length).unwrap().trunc()
            };
            let nets: std::collections::BTreeSet<Ipv4Net> = networks.into_iter().map(net).collect();
            let text: String = nets.iter().enumerate().map(|(n, net)| customer(&format!("c{n}"), &format!("networks = ['{net}']"))).collect();
            let address = std::net::Ipv4Addr::from(0xc000_0000 | u32::from(address));
            let subject = SubjectKey::parse(SubjectKind::Ip, &address.to_string()).unwrap();
            let read = directory(&text).unwrap();
            for service in read.customers().map(|customer| customer.service.clone()) {
                let holds = read.holdings(&service).unwrap().holds(&subject);
                prop_assert_eq!(holds, read.owner(&subject).service == service, "{}", service);
            }
            let best = nets.iter().enumerate().filter(|(_, net)| net.contains(&address)).max_by_key(|(_, net)| net.prefix_len());
            let expected = best.map(|(n, _)| format!("c{n}")).unwrap_or_default();
            prop_assert_eq!(owner(&directory(&text).unwrap(), SubjectKind::Ip, &address.to_string()), expected);
        }
    }
}
