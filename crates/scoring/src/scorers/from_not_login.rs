//! From names another domain than the login does. Customers have aliases and several domains, so it weighs little.

use super::shared::related;
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    // Allowed, or not and a signal of its own.
    if message.features.sender.from_allowed.is_some() {
        return None;
    }
    let domain = message.from_domain()?;
    let account = message.features.sender.login.as_ref()?.domain()?;
    let other = !related(domain, account) && !message.lexicon.freemail.covers(domain);
    (other && !message.features.headers.list).then(|| Seen::of(format!("{domain}, login of {account}")))
}
