//! A brand that a display name begins with, though the sender's domain is not the brand's.

use crate::fold::fold;
use crate::lexicon::Brand;
use crate::{Lexicon, Reading};

/// What a brand's departments put before its name.
const BEFORE: &[&str] = &["the", "your", "team", "service", "support", "security", "info"];

/// The brand that the name of the first From mailbox borrows, for a sender of `domain`.
pub(crate) fn brand<'m>(message: &Reading<'m>, domain: &str) -> Option<&'m Brand> {
    let lexicon: &'m Lexicon = message.lexicon;
    let folded = fold(&message.features.headers.from.first()?.name);
    let name = without_department(folded.trim_start());
    let mut named = lexicon.brands.iter().filter(|brand| begins_with(name, brand.name));
    let first = named.next()?;
    (!first.owns(domain) && !named.any(|other| other.owns(domain))).then_some(first)
}

/// Whether the folded name begins with the brand as whole words. "Anna, Amazon reseller" names herself first.
fn begins_with(name: &str, brand: &str) -> bool {
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
