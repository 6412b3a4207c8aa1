//! What both calls tell of a verdict.

use model::{Action, Refusal, Verdict};

/// What the mail server should say instead of 250, when it should.
pub(super) fn refusal(verdict: &Verdict) -> Option<&Refusal> {
    match &verdict.action {
        Action::Defer(refusal) | Action::Reject(refusal) => Some(refusal),
        Action::Accept | Action::Tag(_) | Action::Hold(_) => None,
    }
}

/// Header fields that the message should carry; nothing in a value can begin another.
pub(super) fn fields(verdict: &Verdict) -> Vec<(String, String)> {
    let Action::Tag(fields) = &verdict.action else { return Vec::new() };
    let plain = |text: &String| text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    fields.iter().map(|(name, value)| (name.clone(), plain(value))).collect()
}
