//! A link to a page of a well-known site that sends the reader on to any address: the link looks like the site's and leads
//! elsewhere. Copied search results are such links too, so it weighs little.

use super::shared::related;
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let redirectors = &message.lexicon.redirectors;
    if !message.distinct_hosts().any(|(host, _)| redirectors.has_host(host)) {
        return None;
    }
    let own = message.from_domain();
    let foreign = |host: &str| own.is_none_or(|own| !related(host, own));
    let mut links = message.link_hosts();
    links.find(|(host, url)| redirectors.covers(host, &url.path) && foreign(host)).map(|(_, url)| Seen::of(&url.url))
}
