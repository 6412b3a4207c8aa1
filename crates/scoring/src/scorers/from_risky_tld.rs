//! The sender's address lies in a top-level domain where throw-away names crowd. A hint, no more.

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let domain = message.from_domain()?;
    let risky = domain.rsplit('.').next().is_some_and(|tld| message.lexicon.risky_tlds.covers(tld));
    risky.then(|| Seen::of(domain))
}
