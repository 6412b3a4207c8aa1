//! A Date in a time zone that exists nowhere. Zones lie between -12:00 and +14:00, in quarters of an hour.

use model::features::DateFact;

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let DateFact::At(_, offset) = message.features.headers.date else { return None };
    let exists = (-12 * 60..=14 * 60).contains(&offset) && offset % 15 == 0;
    (!exists).then(|| Seen::of(format!("{offset} minutes off UTC")))
}
