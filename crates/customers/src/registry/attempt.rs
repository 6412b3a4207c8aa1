//! A change that was thought through: what there would be after it.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{Book, MAX_CUSTOMERS, merged};
use crate::directory::Directory;
use crate::mistake::Mistake;
use crate::record::CustomerRecord;

/// A change without a mistake.
pub(super) struct Attempt {
    pub(super) directory: Directory,
    pub(super) put: Vec<CustomerRecord>,
    pub(super) gone: Vec<String>,
    pub(super) unused: BTreeMap<String, Vec<Mistake>>,
}

/// What is wrong with which of the customers, by their place.
type Wrong = Vec<(usize, Vec<Mistake>)>;

impl Attempt {
    /// The change that enters these customers and takes those out. Customers that are not touched come first, so that a mistake
    /// is always that of the change.
    pub(super) fn of(book: &Book, put: Vec<CustomerRecord>, gone: Vec<String>) -> Result<Self, Wrong> {
        let touched: HashSet<&str> =
            put.iter().map(|one| one.service.as_str()).chain(gone.iter().map(String::as_str)).collect();
        let untouched =
            book.stored.values().map(|one| &one.record).filter(|one| !touched.contains(one.service.as_str()));
        let (mut directory, unused) = merged(&book.base, untouched);
        let mut wrong = Wrong::new();
        for (place, record) in put.iter().enumerate() {
            let mut found = unknown_rules(record, &book.rules);
            let (entry, unread) = record.entry();
            found.extend(unread);
            // What of him can be used may be another's: that is told at once, too.
            found.extend(directory.store(&entry));
            if place + book.stored.len() >= MAX_CUSTOMERS {
                found.push(Mistake::of("service", format!("the store takes {MAX_CUSTOMERS} customers")));
            }
            if !found.is_empty() {
                wrong.push((place, found));
            }
        }
        if wrong.is_empty() { Ok(Self { directory, put, gone, unused }) } else { Err(wrong) }
    }
}

fn unknown_rules(record: &CustomerRecord, rules: &BTreeSet<String>) -> Vec<Mistake> {
    let unknown = record.limits.keys().filter(|rule| !rules.contains(*rule));
    let known = || rules.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    unknown.map(|rule| Mistake::of("limits", format!("there is no rule \"{rule}\" (known: {})", known()))).collect()
}
