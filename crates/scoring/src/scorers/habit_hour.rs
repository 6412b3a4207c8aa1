//! An hour of the week at which the sender has never sent.

use super::past;
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let habits = &message.features.circumstances.habits;
    (habits.unusual_hour && past::is_unusual(habits)).then(Seen::plainly)
}
