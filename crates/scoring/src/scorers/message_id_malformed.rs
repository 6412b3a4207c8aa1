//! A Message-ID that is none (RFC 5322 3.6.4). A missing one is ordinary at submission: the server adds it.

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let id = message.features.headers.message_id.as_ref()?.as_str();
    let inner = id.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    let sound = inner.and_then(|inner| inner.split_once('@')).is_some_and(|(left, right)| !left.is_empty() && !right.is_empty());
    (!sound).then(|| Seen::of(id))
}
