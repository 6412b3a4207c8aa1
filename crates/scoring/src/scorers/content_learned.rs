//! What an operator's corrections taught: the message is like one that a person called spam, or ham.

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let share = message.lexicon.learned.recognise(message)?;
    let called = if share < 0.0 { "ham" } else { "spam" };
    Some(Seen::of(called).weighing(share)).filter(|seen| seen.percent != 0)
}
