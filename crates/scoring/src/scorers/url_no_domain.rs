//! DNS knows no such domain as a link leads to.

use model::circumstances::Asked;

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let missing = &message.features.circumstances.dns.missing;
    missing.iter().find(|(asked, _)| *asked == Asked::Url).map(|(_, domain)| Seen::of(domain.as_str()))
}
