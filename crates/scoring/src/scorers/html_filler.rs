//! Comments or invented tags between the letters, which a reader never sees: words broken up for the filter.

use crate::{Reading, Seen};

const LEAST_COMMENT_BYTES: usize = 1000;
const LEAST_TAGS: usize = 15;

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let html = message.features.html.as_ref()?;
    if html.unknown_tags >= LEAST_TAGS {
        return Some(Seen::of(format!("{} invented tags", html.unknown_tags)));
    }
    let stuffed = html.comment_bytes >= LEAST_COMMENT_BYTES && html.comment_bytes * 2 > html.bytes;
    stuffed.then(|| Seen::of(format!("{} bytes of comments", html.comment_bytes)))
}
