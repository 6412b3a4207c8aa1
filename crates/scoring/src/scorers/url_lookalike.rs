//! A link to a domain that looks like a brand's at a glance: `paypa1.example`, `secure-paypal.example`.

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    message.distinct_hosts().find_map(|(_, url)| {
        let site = url.registrable.as_ref()?.as_str();
        let brand = message.lexicon.lookalikes.imitated(site)?;
        Some(Seen::of(format!("{site} for {brand}")))
    })
}
