//! Words that mix Latin with Cyrillic or Greek letters that look the same.

use crate::{Reading, Seen};

const LEAST_WORDS: usize = 2;

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let words = &message.features.text.mixed_words;
    (words.len() >= LEAST_WORDS).then(|| Seen::of(words.join(" ")))
}
