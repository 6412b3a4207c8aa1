//! Many have sent the same, and it was spam each time: somebody spreads it, so that no sender stands out.

use model::circumstances::Confirmation;

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let facts = &message.features.circumstances.sameness;
    if facts.confirmed == Some(Confirmation::Ham) {
        return None;
    }
    let alike = [("text", facts.text), ("attachments", facts.files)];
    // Where somebody was blocked for it, that says it already.
    let spread = alike.into_iter().find(|(_, copies)| copies.is_some_and(|c| c.spread_spam && c.blocked_senders == 0))?;
    let senders = spread.1?.spam_senders;
    Some(Seen::of(format!("{} came as spam from {senders} others", spread.0)))
}
