//! The sender's display name names the recipient's own domain, and the address is of another: "shop.example Webmail".

use super::shared::{address_in, related};
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let from = message.features.headers.from.first()?;
    let own = from.domain()?;
    // An address in the name is another signal.
    if address_in(&from.name).is_some() {
        return None;
    }
    let name = from.name.to_lowercase();
    let recipients = message.features.sender.first_recipients.iter().filter_map(model::envelope::Path::domain);
    let mut foreign = recipients.filter(|domain| !related(domain.as_str(), own.as_str()));
    let shown = foreign.find(|domain| names(&name, domain.as_str()))?;
    (!message.lexicon.freemail.covers(shown.as_str())).then(|| Seen::of(format!("{shown}, sent from {own}")))
}

/// Whether the domain stands in the name as a word of its own.
fn names(name: &str, domain: &str) -> bool {
    let is_edge = |c: char| !c.is_alphanumeric() && c != '.' && c != '-';
    name.split(is_edge).any(|word| word.trim_matches('.') == domain)
}
