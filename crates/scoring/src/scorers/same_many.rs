//! One text from one sender to many people: a newsletter's way, and a thief's.

use super::past;
use crate::{Reading, Seen};

const COPIES: u32 = 9;
const RECIPIENTS: u32 = 20;
/// So many earn all the points.
const FULL: usize = 60;

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let circumstances = &message.features.circumstances;
    let copies = circumstances.sameness.text.as_ref()?;
    if copies.own < COPIES || copies.recipients < RECIPIENTS {
        return None;
    }
    let what = format!("{} times to about {} people", copies.own.saturating_add(1), copies.recipients);
    let seen = Seen::of(what).partly(copies.recipients as usize, FULL);
    let share = if past::is_unusual(&circumstances.habits) { 100 } else { 40 };
    let share = if message.features.headers.list { share / 2 } else { share };
    let percent = (usize::from(seen.percent.unsigned_abs()) * share).div_ceil(100);
    Some(seen.partly(percent, 100))
}
