//! The text presses for a login or a fee, and the link leads to a page, form or file that anyone can put up without a name,
//! through a shortener, or through another site's redirection. Each alone is ordinary; the three words of one sentence are phishing.

use crate::phrases::Family;
use crate::{Reading, Seen};

/// The least weight of the phrases.
const LEAST_WEIGHT: usize = 3;

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let pressing = [Family::Credentials, Family::Parcel].iter().any(|family| message.phrases(*family).1 >= LEAST_WEIGHT);
    if !pressing {
        return None;
    }
    let lists = message.lexicon;
    let anonymous = |host: &str| lists.free_hosting.covers(host) || lists.shorteners.covers(host);
    let by_host = message.distinct_hosts().find(|(host, _)| anonymous(host));
    let mut links = message.link_hosts();
    let link = by_host.or_else(|| links.find(|(host, url)| lists.redirectors.covers(host, &url.path)));
    link.map(|(_, url)| Seen::of(&url.url))
}
