//! A link whose text shows one host and which leads to another.
//!
//! Mailing services count clicks through a host of their own, and newsletters name their site beside it: one such host
//! behind all links is their habit, so it earns less unless the host shown is a brand that phishers borrow.

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let html = message.features.html.as_ref()?;
    let own = message.from_domain();
    let foreign = |shown: &str| own.is_none_or(|own| !super::shared::related(shown, own));
    let (shown, behind) = html.misleading_links.iter().find(|(shown, _)| foreign(shown))?;
    let borrowed = message.lexicon.brands.iter().any(|brand| brand.owns(shown) && !brand.owns(behind));
    let seen = Seen::of(format!("shows {shown} but leads to {behind}"));
    Some(if borrowed { seen } else { seen.partly(1, 2) })
}
