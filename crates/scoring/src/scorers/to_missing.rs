//! Neither To nor Cc names anyone: the recipients are hidden from each other. Clubs do that as well as spammers.

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let headers = &message.features.headers;
    let named = headers.to.iter().chain(&headers.cc).any(|to| to.address.contains('@'));
    let bounce = message.features.sender.mail_from.as_ref().is_some_and(|path| path.as_str().is_empty());
    (!named && !bounce && !headers.automatic && !headers.list).then(Seen::plainly)
}
