//! The message is addressed to its own sender, but goes to others.

use super::shared::same_address;
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let headers = &message.features.headers;
    let from = headers.from.first()?;
    let only_self = headers.to.len() == 1 && headers.cc.is_empty() && headers.to.iter().all(|to| same_address(to, from));
    let elsewhere = |path: &model::envelope::Path| !path.as_str().eq_ignore_ascii_case(&from.address);
    let others = message.features.sender.first_recipients.iter().filter(|path| elsewhere(path)).count();
    (only_self && others > 0).then(|| Seen::of(others.to_string()))
}
