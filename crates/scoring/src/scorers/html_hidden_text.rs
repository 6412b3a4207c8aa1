//! Much of the HTML's text is hidden from the reader by its style: words for the filter.

use crate::{Reading, Seen};

const LEAST_CHARS: usize = 300;

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let html = message.features.html.as_ref()?;
    let much = html.hidden_chars >= LEAST_CHARS && html.hidden_chars * 2 > html.visible_chars;
    much.then(|| Seen::of(format!("{} characters: {}", html.hidden_chars, html.hidden_sample)))
}
