//! A link that fetches a program, a script, a shortcut or a disc image over the web from a site that is not the sender's.

use super::shared::{extension, is_program, is_script, related};
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let own = message.from_domain();
    let foreign = |host: &str| own.is_none_or(|own| !related(host, own));
    let mut links = message.link_hosts().filter(|(_, url)| url.source == model::features::UrlSource::Link);
    links.find(|(host, url)| fetches_program(&url.path) && foreign(host)).map(|(_, url)| Seen::of(&url.url))
}

fn fetches_program(path: &str) -> bool {
    let file = path.split(['?', '#']).next().unwrap_or("").rsplit('/').next().unwrap_or("");
    if !file.contains('.') {
        return false;
    }
    let carrier = extension(file).is_some_and(|ext| matches!(ext.as_str(), "iso" | "img" | "lnk" | "vhd"));
    let page = extension(file).is_some_and(|ext| matches!(ext.as_str(), "com" | "js" | "application"));
    !page && (is_program(file) || is_script(file) || carrier)
}
