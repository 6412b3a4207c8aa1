//! Others have sent the same, and it was spam for itself; nobody was blocked for it yet.

use model::circumstances::{Confirmation, Copies};

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let facts = &message.features.circumstances.sameness;
    if facts.confirmed == Some(Confirmation::Ham) {
        return None;
    }
    let alike = [("text", facts.text), ("attachments", facts.files)];
    let bad = alike.into_iter().filter_map(|(word, copies)| Some((word, copies.filter(is_spam)?)));
    let (word, copies) = bad.max_by_key(|(_, copies)| copies.spam_senders)?;
    Some(Seen::of(word).partly(copies.spam_senders as usize, 2))
}

fn is_spam(copies: &Copies) -> bool {
    let mostly = copies.spam.saturating_mul(2) >= copies.messages;
    copies.spam_senders > 0 && copies.blocked_senders == 0 && !copies.spread_spam && mostly
}
