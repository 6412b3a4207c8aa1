//! A link through a shortening service, which hides where it leads. People use them too; it weighs little.

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    message.distinct_hosts().find(|(host, _)| message.lexicon.shorteners.covers(host)).map(|(_, url)| Seen::of(&url.url))
}
