//! The Sender field names a domain that is neither that of From nor that of the login. It tells who really sent the message
//! (RFC 5322 3.6.2): a secretary, a list, a service; the login should know it.

use super::shared::related;
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let headers = &message.features.headers;
    let login = message.features.sender.login.as_ref()?.domain()?;
    let sender = headers.sender.as_ref()?.domain()?;
    let from = message.from_domain()?;
    let foreign = !related(sender.as_str(), from) && !related(sender.as_str(), login);
    (foreign && !headers.list).then(|| Seen::of(format!("{sender}, From of {from}, login of {login}")))
}
