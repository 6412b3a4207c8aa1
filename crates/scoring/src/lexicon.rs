//! The word and host lists that come with the program, read once.

use std::collections::HashSet;
use std::sync::Arc;

use foldhash::fast::RandomState;

use crate::classifier::{Classifier, Learned};
use crate::lookalike::Lookalikes;
use crate::phrases::Phrasebook;
use crate::redirectors::Redirectors;

/// Every list the scorers use, and what was learned.
pub struct Lexicon {
    /// `None` only when the program was built with weights of another version, which a test refuses.
    pub(crate) classifier: Option<Classifier>,
    pub(crate) learned: Arc<Learned>,
    pub(crate) phrases: Phrasebook,
    pub(crate) freemail: HostList,
    pub(crate) shorteners: HostList,
    pub(crate) free_hosting: HostList,
    pub(crate) risky_tlds: HostList,
    pub(crate) brands: Vec<Brand>,
    pub(crate) lookalikes: Lookalikes,
    pub(crate) redirectors: Redirectors,
    pub(crate) spamware: Vec<&'static str>,
    pub(crate) spamware_headers: HashSet<&'static str, RandomState>,
}

impl Lexicon {
    /// The lists of `data/`.
    pub(crate) fn embedded() -> Self {
        let brands: Vec<Brand> = entries(include_str!("../data/brands.txt")).filter_map(Brand::read).collect();
        Self {
            classifier: Classifier::embedded(),
            learned: Arc::default(),
            phrases: Phrasebook::embedded(),
            freemail: HostList::read(include_str!("../data/freemail.txt")),
            shorteners: HostList::read(include_str!("../data/shorteners.txt")),
            free_hosting: HostList::read(include_str!("../data/free_hosting.txt")),
            risky_tlds: HostList::read(include_str!("../data/risky_tlds.txt")),
            lookalikes: Lookalikes::of(&brands, include_str!("../data/lure_words.txt")),
            brands,
            redirectors: Redirectors::read(include_str!("../data/redirectors.txt")),
            spamware: entries(include_str!("../data/spamware.txt")).collect(),
            spamware_headers: entries(include_str!("../data/spamware_headers.txt")).collect(),
        }
    }
}

/// A set of domains.
pub(crate) struct HostList(HashSet<&'static str, RandomState>);

impl HostList {
    fn read(list: &'static str) -> Self {
        Self(entries(list).collect())
    }

    /// The entry that is the host or one of its parents; the host is in lower case.
    pub(crate) fn covering(&self, host: &str) -> Option<&'static str> {
        parents(host).find_map(|parent| self.0.get(parent).copied())
    }

    /// Whether the host or one of its parents is listed.
    pub(crate) fn covers(&self, host: &str) -> bool {
        self.covering(host).is_some()
    }
}

/// A name that phishers borrow.
pub(crate) struct Brand {
    /// As it is shown, lower case.
    pub(crate) name: &'static str,
    /// What a host of its own has in it.
    pub(crate) hosts: Vec<&'static str>,
}

impl Brand {
    /// `name: word word`.
    fn read(line: &'static str) -> Option<Self> {
        let (name, hosts) = line.split_once(':')?;
        Some(Self { name: name.trim(), hosts: hosts.split_whitespace().collect() })
    }

    /// Whether the host may carry the name.
    pub(crate) fn owns(&self, host: &str) -> bool {
        self.hosts.iter().any(|word| host.contains(word))
    }
}

/// A host and the domains it lies in.
pub(crate) fn parents(host: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(host), |rest| Some(rest.split_once('.')?.1))
}

/// The lines of a list, comments left out.
pub(crate) fn entries(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_covered_by_its_parents_only() {
        let list = HostList::read("short.example\n# comment\n");
        assert!(list.covers("short.example") && list.covers("a.b.short.example"));
        assert!(!list.covers("notshort.example") && !list.covers("example"));
    }

    #[test]
    fn every_brand_has_a_name_and_hosts() {
        let lines = entries(include_str!("../data/brands.txt")).count();
        let lexicon = Lexicon::embedded();
        assert_eq!(lexicon.brands.len(), lines);
        assert!(lexicon.brands.iter().all(|brand| !brand.name.is_empty() && !brand.hosts.is_empty()));
    }
}
