//! Many recipients that do not exist.

use crate::{Reading, Seen};

const MANY: u32 = 10;

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let hour = &message.features.circumstances.habits.hour;
    let tried = hour.recipients.saturating_add(hour.refused);
    let many = hour.refused >= MANY && hour.refused.saturating_mul(10) >= tried.saturating_mul(3);
    many.then(|| Seen::of(format!("{} of {tried}", hour.refused)))
}
