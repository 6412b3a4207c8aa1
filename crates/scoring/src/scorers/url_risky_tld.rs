//! A link into a top-level domain where throw-away names crowd, which is not the sender's own. A hint, no more.

use super::shared::related;
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let own = message.from_domain();
    let foreign = |host: &str| own.is_none_or(|own| !related(host, own));
    let risky = |host: &str| host.rsplit('.').next().is_some_and(|tld| message.lexicon.risky_tlds.covers(tld));
    message.distinct_hosts().find(|(host, _)| risky(host) && foreign(host)).map(|(host, _)| Seen::of(host))
}
