//! Hidden text in the middle of words: the reader sees "PayPal", a filter sees "Payx7Pal".

use crate::{Reading, Seen};

const LEAST: usize = 4;

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let html = message.features.html.as_ref()?;
    (html.split_words >= LEAST).then(|| Seen::of(html.split_words.to_string()))
}
