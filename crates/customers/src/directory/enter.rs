//! Entering customers. Whoever comes first keeps what he owns: the file comes before the store.

use std::sync::Arc;

use ipnet::IpNet;
use model::SubjectKind;

use super::{Directory, Member};
use crate::address::Address;
use crate::customer::{Customer, Source};
use crate::entry::CustomerEntry;
use crate::holding::Holding;
use crate::mistake::Mistake;
use crate::settings::CustomerSettings;

impl Directory {
    /// Enters a customer, and tells what of him can't be used. What is wrong is left out; one whose service is known already
    /// is left out whole.
    pub(super) fn enter(&mut self, entry: &CustomerEntry, source: Source) -> Vec<Mistake> {
        if let Some(known) = self.services.get(&entry.service) {
            let place = written(known.customer.source, source);
            let mut wrong =
                vec![Mistake::of("service", format!("there is another customer \"{}\"{place}", entry.service))];
            wrong.extend(Self::nobody(&CustomerSettings::default()).enter(entry, source));
            return wrong;
        }
        let (customer, mut wrong) = customer(entry, source);
        let customer = Arc::new(customer);
        self.own(entry, &customer, &mut wrong);
        self.has_terms |= !customer.limits.is_empty() || customer.automatic_releases.is_some();
        self.services.insert(entry.service.clone(), Member { customer, entry: Arc::new(entry.clone()) });
        wrong
    }

    /// Enters a customer of the store.
    pub(crate) fn store(&mut self, entry: &CustomerEntry) -> Vec<Mistake> {
        self.enter(entry, Source::Store)
    }

    fn own(&mut self, entry: &CustomerEntry, customer: &Arc<Customer>, wrong: &mut Vec<Mistake>) {
        let mut note = |option, name: &str, why: Result<(), String>| {
            if let Err(why) = why {
                wrong.push(Mistake::of(option, format!("\"{name}\" {why}")));
            }
        };
        for name in &entry.networks {
            note("networks", name, self.own_network(name, customer));
        }
        for name in &entry.accounts {
            note("accounts", name, self.own_account(name, customer));
        }
        for name in &entry.domains {
            note("domains", name, self.own_domain(name, customer));
        }
    }

    fn own_network(&mut self, name: &str, customer: &Arc<Customer>) -> Result<(), String> {
        match Holding::parse(SubjectKind::Ip, name) {
            Some(net) => self.hold(net, customer),
            None => {
                let expected = "expected an address, or one like 192.0.2.0/24 (IPv6: /64 or shorter)";
                Err(format!("is no network; {expected}"))
            }
        }
    }

    fn own_account(&mut self, name: &str, customer: &Arc<Customer>) -> Result<(), String> {
        let unreadable = || "is no account; expected a login, or \"@\" and a domain".to_owned();
        self.hold(Holding::parse(SubjectKind::Account, name).ok_or_else(unreadable)?, customer)
    }

    fn own_domain(&mut self, name: &str, customer: &Arc<Customer>) -> Result<(), String> {
        let unreadable = || "is no domain".to_owned();
        self.hold(Holding::parse(SubjectKind::Domain, name).ok_or_else(unreadable)?, customer)
    }

    fn hold(&mut self, holding: Holding, customer: &Arc<Customer>) -> Result<(), String> {
        if let Some(known) = self.holder(&holding) {
            return Err(format!("belongs to \"{}\" as well{}", known.service, written(known.source, customer.source)));
        }
        let customer = Arc::clone(customer);
        match holding {
            Holding::Network(IpNet::V4(net)) => _ = self.v4.insert(net, customer),
            Holding::Network(IpNet::V6(net)) => _ = self.v6.insert(net, customer),
            Holding::Account(login) => _ = self.accounts.insert(login, customer),
            Holding::MailDomain(domain) => _ = self.mail_domains.insert(domain, customer),
            Holding::Domain(domain) => _ = self.domains.insert(domain, customer),
        }
        Ok(())
    }
}

/// The customer of an entry, with what of his own can't be used.
pub(crate) fn customer(entry: &CustomerEntry, source: Source) -> (Customer, Vec<Mistake>) {
    let mut wrong = Vec::new();
    if entry.service.trim().is_empty() {
        wrong.push(Mistake::of("service", "is empty; expected the service's name"));
    }
    let contacts: Vec<_> = entry.contact.iter().filter_map(|text| Address::parse(text)).collect();
    if entry.contact.is_empty() {
        wrong.push(Mistake::of("contact", "is missing; expected mail addresses like \"owner@shop.example\""));
    } else if contacts.len() < entry.contact.len() {
        wrong.push(Mistake::of("contact", "expected mail addresses like \"owner@shop.example\""));
    }
    let customer = Customer {
        service: entry.service.clone(),
        name: entry.name.clone(),
        contacts,
        language: entry.language,
        kind: entry.kind,
        suspended: entry.suspended,
        expires: entry.expires.map(|day| day.0),
        limits: entry.limits.0.clone(),
        automatic_releases: entry.automatic_releases,
        source,
    };
    (customer, wrong)
}

/// Where the other one is written, when that is another place.
fn written(known: Source, ours: Source) -> &'static str {
    if known == Source::File && ours != Source::File { ", who is in the file of customers" } else { "" }
}
