//! A web link to an unusual port on a public name: a server that is not supposed to be there.

use crate::{Reading, Seen};

/// Ports on which web servers and panels are usually found.
const USUAL: &[u16] = &[80, 443, 8080, 8443, 8000, 8888, 3000, 5000, 2083, 2087, 2096, 8006, 10000];

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let mut links = message.link_hosts().filter(|(_, url)| url.source == model::features::UrlSource::Link);
    let odd = |port: Option<u16>| port.is_some_and(|port| !USUAL.contains(&port));
    links.find(|(host, url)| host.contains('.') && odd(url.port)).map(|(_, url)| Seen::of(&url.url))
}
