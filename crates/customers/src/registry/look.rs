//! Looking at customers: pages of them, and one.

use std::collections::BTreeSet;
use std::ops::Bound;

use model::{SubjectKey, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Book, Registry, RegistryError};
use crate::customer::{Customer, Source};
use crate::mistake::Mistake;
use crate::record::CustomerRecord;

/// Which customers are wanted, by the names of their services.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CustomerQuery {
    /// A part of a name, a contact, or of what he owns, in any case.
    pub search: Option<String>,
    /// "file" or "store".
    pub source: Option<String>,
    /// Only behind this service.
    pub after: Option<String>,
    /// At most so many, 1 to [`Self::MAX`]; 0 stands for 100.
    pub limit: usize,
}

impl CustomerQuery {
    /// Customers of one page.
    pub const MAX: usize = 1000;

    /// Customers that are looked at for one page.
    pub const MOST_LOOKED_AT: usize = 20_000;

    fn bound(&self) -> usize {
        if self.limit == 0 { 100 } else { self.limit.min(Self::MAX) }
    }

    fn behind(&self) -> Bound<&str> {
        self.after.as_deref().map_or(Bound::Unbounded, Bound::Excluded)
    }

    fn means(&self, view: &CustomerView, sought: Option<&str>) -> bool {
        self.source.as_ref().is_none_or(|source| view.source == *source)
            && sought.is_none_or(|sought| mentions(&view.customer, sought))
    }
}

/// Some customers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerPage {
    /// The customers, by the names of their services.
    pub customers: Vec<CustomerView>,
    /// Behind which service the next page begins, if there is one.
    pub next: Option<String>,
}

/// A customer and where he is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerView {
    /// As he is written; what he owns is told of the file's and the store's.
    pub customer: CustomerRecord,
    /// "file", "store" or "directory".
    pub source: String,
    /// When he was changed, in the store.
    pub changed: Option<Timestamp>,
    /// What of him is not used, and why.
    pub unused: Vec<Mistake>,
}

impl Registry {
    /// A page of the customers of file and store. Not more than [`CustomerQuery::MOST_LOOKED_AT`] are looked at for it, so a page
    /// may be shorter than asked for, or empty, and be followed by others all the same.
    pub fn list(&self, query: &CustomerQuery) -> CustomerPage {
        let book = self.book();
        let after = query.behind();
        let of_file = book.base.services_from(after);
        let stored = book.stored.range::<str, _>((after, Bound::Unbounded)).map(|(service, _)| service.as_str());
        book.page(query, in_order(of_file, stored))
    }

    /// A page of those of file and store who are among these services; bounded as [`Self::list`] is.
    pub fn list_among(&self, query: &CustomerQuery, among: &BTreeSet<String>) -> CustomerPage {
        let services = among.range::<str, _>((query.behind(), Bound::Unbounded)).map(String::as_str);
        self.book().page(query, services)
    }

    /// The customer of a service, wherever he is written.
    ///
    /// # Errors
    /// When there is none.
    pub fn show(&self, service: &str) -> Result<CustomerView, RegistryError> {
        let known = self.book().view(service);
        known
            .or_else(|| self.live.load().customer_anywhere(service).map(|one| told(&one)))
            .ok_or_else(|| RegistryError::Unknown(service.to_owned()))
    }

    /// The customer who owns a subject; `None` when nobody is known to.
    pub fn owner(&self, subject: &SubjectKey) -> Option<CustomerView> {
        let owner = self.live.owner(subject);
        match owner.source {
            Source::Nowhere => None,
            Source::Directory => Some(told(&owner)),
            Source::File | Source::Store => self.book().view(&owner.service),
        }
    }
}

impl Book {
    fn page<'s>(&self, query: &CustomerQuery, mut services: impl Iterator<Item = &'s str>) -> CustomerPage {
        let most = query.bound();
        let sought = query.search.as_ref().map(|text| text.trim().to_lowercase()).filter(|text| !text.is_empty());
        let (mut customers, mut last) = (Vec::new(), None);
        for service in services.by_ref().take(CustomerQuery::MOST_LOOKED_AT) {
            last = Some(service.to_owned());
            customers.extend(self.view(service).filter(|view| query.means(view, sought.as_deref())));
            if customers.len() > most {
                break;
            }
        }
        let is_full = customers.len() > most;
        customers.truncate(most);
        let next = match customers.last().filter(|_| is_full) {
            Some(shown) => Some(shown.customer.service.clone()),
            None => last.filter(|_| services.next().is_some()),
        };
        CustomerPage { customers, next }
    }

    fn view(&self, service: &str) -> Option<CustomerView> {
        let stored = self.stored.get(service);
        let unused = || self.unused.get(service).cloned().unwrap_or_default();
        if let Some(entry) = self.base.entry(service) {
            let (customer, source) = (CustomerRecord::from(&**entry), Source::File.to_string());
            return Some(CustomerView {
                customer,
                source,
                changed: None,
                unused: stored.map(|_| unused()).unwrap_or_default(),
            });
        }
        let (customer, source) = (stored?.record.clone(), Source::Store.to_string());
        Some(CustomerView { customer, source, changed: self.changed(service), unused: unused() })
    }
}

/// Two ascending walks as one, without what stands in both.
fn in_order<'s>(
    one: impl Iterator<Item = &'s str>,
    other: impl Iterator<Item = &'s str>,
) -> impl Iterator<Item = &'s str> {
    let (mut one, mut other) = (one.peekable(), other.peekable());
    std::iter::from_fn(move || {
        let next = match (one.peek().copied(), other.peek().copied()) {
            (Some(a), Some(b)) => a.min(b),
            (a, b) => a.or(b)?,
        };
        one.next_if(|service| *service == next);
        other.next_if(|service| *service == next);
        Some(next)
    })
}

/// What the provider's directory tells of a customer.
fn told(owner: &Customer) -> CustomerView {
    let customer = CustomerRecord {
        service: owner.service.clone(),
        name: owner.name.clone(),
        contact: owner.contacts.iter().map(ToString::to_string).collect(),
        language: owner.language.to_string(),
        kind: owner.kind.to_string(),
        suspended: owner.suspended,
        expires: owner.expires.map(|end| crate::expiry::Expiry(end).day()),
        limits: owner.limits.clone(),
        automatic_releases: owner.automatic_releases,
        ..CustomerRecord::default()
    };
    CustomerView { customer, source: owner.source.to_string(), changed: None, unused: Vec::new() }
}

fn mentions(customer: &CustomerRecord, sought: &str) -> bool {
    let CustomerRecord { service, name, contact, networks, accounts, domains, .. } = customer;
    let lists = [contact, networks, accounts, domains].into_iter().flatten();
    [service, name].into_iter().chain(lists).any(|text| text.to_lowercase().contains(sought))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_walks_are_one_in_order() {
        let walk = |one: &[&'static str], other: &[&'static str]| -> Vec<&str> {
            in_order(one.iter().copied(), other.iter().copied()).collect()
        };
        assert_eq!(walk(&["a", "c", "d"], &["b", "c", "e"]), ["a", "b", "c", "d", "e"]);
        assert_eq!(walk(&[], &["x"]), ["x"]);
        assert_eq!(walk(&["x"], &[]), ["x"]);
    }
}
