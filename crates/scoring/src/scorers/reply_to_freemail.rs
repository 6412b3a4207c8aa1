//! Answers go to a free mailbox that is not the sender's. A web form does that too, when it writes to its own owner.

use super::shared::{related, same_address};
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let headers = &message.features.headers;
    let from = headers.from.first()?;
    let own = message.from_domain()?;
    let reply = headers.reply_to.iter().find(|reply| !same_address(reply, from))?;
    let domain = reply.domain()?;
    let free = message.lexicon.freemail.covers(domain.as_str());
    let to_owner = headers.to.iter().any(|to| to.domain().is_some_and(|to| related(to.as_str(), own)));
    let is_form = to_owner && !message.lexicon.freemail.covers(own);
    (free && !is_form && !headers.list).then(|| Seen::of(&reply.address))
}
