//! The sender's display name begins with a name that phishers borrow, and the address is not that brand's.

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let mailbox = message.features.headers.from.first()?;
    let domain = message.from_domain()?;
    let folded = crate::fold::fold(&mailbox.name);
    let name = without_department(folded.trim_start());
    let brand = message.lexicon.brands.iter().find(|brand| names(name, brand.name))?;
    let own = message.lexicon.brands.iter().filter(|other| names(name, other.name)).any(|other| other.owns(domain));
    (!own).then(|| Seen::of(format!("{}, sent from {domain}", brand.name)))
}

/// What a brand's departments put before its name.
const BEFORE: &[&str] = &["the", "your", "team", "service", "support", "security", "info"];

/// Whether the folded name begins with the brand as whole words. "Anna, Amazon reseller" names herself first.
fn names(name: &str, brand: &str) -> bool {
    name.strip_prefix(brand).is_some_and(|rest| rest.starts_with(' '))
}

fn without_department(mut name: &str) -> &str {
    while let Some((word, rest)) = name.split_once(' ')
        && BEFORE.contains(&word)
    {
        name = rest;
    }
    name
}
