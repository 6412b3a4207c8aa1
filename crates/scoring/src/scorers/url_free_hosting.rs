//! A link to a page, form or file that anyone may put up within a minute, without a name.

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    message.distinct_hosts().find(|(host, _)| message.lexicon.free_hosting.covers(host)).map(|(_, url)| Seen::of(&url.url))
}
