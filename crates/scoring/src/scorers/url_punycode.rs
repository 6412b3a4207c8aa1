//! A link to an internationalised name (RFC 5890) from a sender who has none: such names can look like others.

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let own = message.from_domain().is_some_and(is_international);
    if own {
        return None;
    }
    message.distinct_hosts().find(|(host, _)| is_international(host)).map(|(host, _)| Seen::of(host))
}

fn is_international(host: &str) -> bool {
    host.split('.').any(|label| label.starts_with("xn--")) || !host.is_ascii()
}
