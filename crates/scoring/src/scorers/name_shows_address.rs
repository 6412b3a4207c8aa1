//! The sender's display name is an address of another domain: mail programs show the name only.

use super::shared::{address_in, related};
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let mailbox = message.features.headers.from.first()?;
    let (shown, address) = address_in(&mailbox.name)?;
    let own = mailbox.domain()?;
    (!related(&shown, own.as_str())).then(|| Seen::of(format!("{address}, sent by {}", mailbox.address)))
}
