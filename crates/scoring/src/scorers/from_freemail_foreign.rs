//! From names a free mailbox, but the message is handed in by an account that is not of that host: such mail fails DMARC
//! wherever it arrives, and people who own the mailbox send from there.

use super::shared::related;
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    if message.features.sender.from_allowed == Some(true) {
        return None;
    }
    let domain = message.from_domain()?;
    let account = message.features.sender.login.as_ref()?.domain()?;
    let free = message.lexicon.freemail.covers(domain);
    (free && !related(domain, account)).then(|| Seen::of(format!("{domain}, sent through {account}")))
}
