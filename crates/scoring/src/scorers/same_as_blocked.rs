//! Others were blocked for spam lately, with this text, these attachments, or links to these domains only.

use model::circumstances::{Confirmation, Copies};

use crate::{Reading, Seen};

/// By how many were blocked: one may have copied an honest text.
const SHARES: [usize; 2] = [60, 100];
/// Where only the links are the same.
const LINK_SHARES: [usize; 2] = [20, 40];

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let facts = &message.features.circumstances.sameness;
    if facts.confirmed == Some(Confirmation::Ham) {
        return None;
    }
    let alike = [
        ("text", facts.text, SHARES),
        ("attachments", facts.files, SHARES),
        ("set of links", facts.links, LINK_SHARES),
    ];
    let shares = alike.into_iter().filter_map(|(word, copies, [one, several])| match copies? {
        Copies { blocked_senders: 0, .. } => None,
        Copies { blocked_senders: 1, spread_spam: false, .. } => Some((one, word)),
        _ => Some((several, word)),
    });
    let (share, word) = shares.max_by_key(|(share, _)| *share)?;
    Some(Seen::of(word).partly(share, 100))
}
