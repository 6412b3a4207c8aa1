//! An HTML message whose sender has a name unlike his address and links to one site only, which is not his.
//!
//! A firm's name stands in its address or its links lead home. People's answers quote links of others and are left out. An
//! encrypted link earns half.

use crate::classifier::Unrelated;
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let headers = &message.features.headers;
    if message.features.html.is_none() || headers.is_reply || headers.list || headers.automatic {
        return None;
    }
    let kind = message.properties().unrelated()?;
    let (host, _) = message.distinct_hosts().next()?;
    let seen = Seen::of(host);
    Some(if kind == Unrelated::Unencrypted { seen } else { seen.partly(1, 2) })
}
