//! Many times as much as the sender's busiest hour or day.

use super::past;
use crate::{Reading, Seen};

/// So many times the past earns all the points.
const FULL: usize = 10;

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let (now, times, period) = past::burst(&message.features.circumstances.habits)?;
    let what = format!("{now} recipients this {period}, {times} times the busiest before");
    Some(Seen::of(what).partly(times as usize, FULL))
}
