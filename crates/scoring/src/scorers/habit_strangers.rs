//! Many recipients whom the sender has never written to.

use super::past;
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let (strangers, full, period) = past::strangers(&message.features.circumstances.habits)?;
    Some(Seen::of(format!("{strangers} people within this {period}")).partly(strangers as usize, full as usize))
}
