//! DNS knows no such domain as From names.

use model::circumstances::Asked;

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let missing = &message.features.circumstances.dns.missing;
    missing.iter().find(|(asked, _)| *asked == Asked::From).map(|(_, domain)| Seen::of(domain.as_str()))
}
