//! The domain of MAIL FROM denies mail from the addresses ours leaves from (RFC 7208).

use crate::{Reading, Seen};

/// Percent for a domain that does not deny outright: it is still finding out who sends for it.
const PROBABLY: usize = 50;

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let denial = message.features.circumstances.dns.authentication.spf.as_ref()?;
    let seen = Seen::of(denial.domain.as_str());
    Some(if denial.outright { seen } else { seen.partly(PROBABLY, 100) })
}
