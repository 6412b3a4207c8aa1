//! Links to very many different sites.

use std::collections::HashSet;

use crate::{Reading, Seen};

const MANY: usize = 25;

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let links = message.features.urls.iter().filter(|url| url.source == model::features::UrlSource::Link);
    let sites: HashSet<&str> = links.filter_map(|url| url.registrable.as_ref()).map(|name| name.as_str()).collect();
    (sites.len() >= MANY).then(|| Seen::of(sites.len().to_string()))
}
