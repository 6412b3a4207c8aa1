//! Answers go to another firm's domain: neither that of From nor that of the login, and no free mailbox (which is a signal of
//! its own).

use super::shared::related;
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let headers = &message.features.headers;
    let login = message.features.sender.login.as_ref().and_then(|login| login.domain()).unwrap_or("");
    let from = message.from_domain()?;
    let reply = headers.reply_to.first()?.domain()?;
    let elsewhere = !related(reply.as_str(), from) && !related(reply.as_str(), login);
    let free = message.lexicon.freemail.covers(reply.as_str());
    let to_owner = headers.to.iter().any(|to| to.domain().is_some_and(|to| related(to.as_str(), from)));
    (elsewhere && !free && !to_owner && !headers.list).then(|| Seen::of(format!("{reply}, From of {from}")))
}
