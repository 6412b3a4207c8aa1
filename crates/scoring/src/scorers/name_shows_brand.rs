//! The sender's display name begins with a name that phishers borrow, and the address is not that brand's.

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let brand = message.borrowed_name()?;
    Some(Seen::of(format!("{}, sent from {}", brand.name, message.from_domain()?)))
}
