//! The sender's display name begins with a name that phishers borrow, and the address is not that brand's.

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let mailbox = message.features.headers.from.first()?;
    let domain = message.from_domain()?;
    let name = crate::fold::fold(&mailbox.name);
    let brand = message.lexicon.brands.iter().find(|brand| names(&name, brand.name))?;
    let own = message.lexicon.brands.iter().filter(|other| names(&name, other.name)).any(|other| other.owns(&domain));
    (!own).then(|| Seen::of(format!("{}, sent from {domain}", brand.name)))
}

/// Whether the folded name begins with the brand as whole words. "Anna, Amazon reseller" names herself first.
fn names(name: &str, brand: &str) -> bool {
    name.strip_prefix(' ').and_then(|name| name.strip_prefix(brand)).is_some_and(|rest| rest.starts_with(' '))
}
