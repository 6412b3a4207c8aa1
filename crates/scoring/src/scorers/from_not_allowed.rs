//! From says what this login may not write, by the operator's own word.

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let features = message.features;
    let address = &features.headers.from.first()?.address;
    (features.sender.from_allowed == Some(false)).then(|| Seen::of(address))
}
