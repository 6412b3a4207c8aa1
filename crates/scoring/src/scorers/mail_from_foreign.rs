//! MAIL FROM names a domain that is neither that of From nor that of the login. Senders of lists and newsletters use another
//! one for bounces, and say that they are a list.

use super::shared::related;
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let features = message.features;
    let login = features.sender.login.as_ref()?.domain()?;
    let bounces = features.sender.mail_from.as_ref()?.domain()?;
    let from = message.from_domain()?;
    let foreign = !related(bounces.as_str(), from) && !related(bounces.as_str(), login);
    (foreign && !features.headers.list).then(|| Seen::of(format!("{bounces}, From of {from}, login of {login}")))
}
