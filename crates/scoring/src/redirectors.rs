//! Pages of well-known sites that send the reader on to any address.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::lexicon::{entries, parents};

/// Hosts, each with how the paths of its redirecting pages begin.
pub(crate) struct Redirectors(HashMap<&'static str, Vec<&'static str>, RandomState>);

impl Redirectors {
    /// A line each: host, path.
    pub(crate) fn read(list: &'static str) -> Self {
        let mut hosts = HashMap::<_, Vec<_>, _>::default();
        for (host, path) in entries(list).filter_map(|line| line.split_once(' ')) {
            hosts.entry(host).or_default().push(path.trim());
        }
        Self(hosts)
    }

    /// Whether a host has such pages; it is in lower case.
    pub(crate) fn has_host(&self, host: &str) -> bool {
        parents(host).any(|parent| self.0.contains_key(parent))
    }

    /// Whether the page is one. Without anything behind it (`/url`) it leads nowhere.
    pub(crate) fn covers(&self, host: &str, path: &str) -> bool {
        let paths = parents(host).find_map(|parent| self.0.get(parent));
        paths.is_some_and(|paths| paths.iter().any(|start| path.strip_prefix(start).is_some_and(|rest| rest.len() > 4)))
    }
}
