//! The sender's domain looks like a brand's at a glance: `paypa1.example`, `secure-paypal.example`.

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let domain = message.from_domain()?;
    let brand = message.lexicon.lookalikes.imitated(domain)?;
    Some(Seen::of(format!("{domain} for {brand}")))
}
