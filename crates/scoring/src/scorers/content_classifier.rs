//! What the trained model makes of the words, the sender and the links.
//!
//! Words that speak for a message earn little: a thief can paste them. Nothing is said while the model is undecided.
//! Whoever calls himself by a brand that he is not gets no credit for how a brand writes.

use crate::{Reading, Seen};

/// With these log-odds (150 to 1) all the points are earned.
const CERTAIN: f32 = 5.0;
/// Nothing is said below this share of them.
const UNDECIDED: f32 = 0.05;
/// The largest share that speaks for a message.
const LARGEST_CREDIT: f32 = 0.25;

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let opinion = message.lexicon.classifier.as_ref()?.opinion(message)?;
    let share = (opinion.log_odds / CERTAIN).clamp(-LARGEST_CREDIT, 1.0);
    if share < 0.0 && message.borrowed_name().is_some() {
        return None;
    }
    let what = if share < 0.0 { "ordinary mail".to_owned() } else { format!("spam: {}", opinion.reasons) };
    (share.abs() >= UNDECIDED).then(|| Seen::of(what).weighing(share))
}
