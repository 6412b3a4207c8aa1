//! The display name is a brand's, the login is not, and a link wears the brand's name on a host of neither.
//!
//! A mailing service calls its customers' hosts by their names, too; but then the login, or From, is the customer's or the
//! service's own.

use crate::home::within;
use crate::lexicon::Brand;
use crate::{Reading, Seen, borrowed};

/// Shorter names are in honest words: "ups" in "groups".
const LEAST_INSIDE: usize = 6;

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let login = message.features.sender.login.as_ref().and_then(|login| login.domain());
    let domain = login.or(message.from_domain())?;
    let brand = borrowed::brand(message, domain)?;
    let worn = message.distinct_hosts().find(|(host, url)| {
        let site = url.registrable.as_ref().map_or(*host, |site| site.as_str());
        !within(host, domain) && !brand.owns(site) && wears(host, brand)
    });
    Some(Seen::of(format!("{}, in {}", brand.name, worn?.0)))
}

/// Whether a label of the host, but for the last, has a name of the brand in it.
fn wears(host: &str, brand: &Brand) -> bool {
    let name: String = brand.name.split(' ').collect();
    let names = || brand.hosts.iter().copied().chain([name.as_str()]);
    let worn = |label: &str| {
        let words = || label.split('-');
        let inside = |name: &str| name.len() >= LEAST_INSIDE && words().collect::<String>().contains(name);
        names().any(|name| words().any(|word| word == name) || inside(name))
    };
    host.rsplit('.').skip(1).any(worn)
}
