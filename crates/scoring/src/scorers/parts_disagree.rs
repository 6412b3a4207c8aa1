//! Plain text and HTML of one message say different things: one is for the filter, the other for the reader.

use std::collections::HashSet;

use crate::fold::fold;
use crate::{Reading, Seen};

/// Words looked at in each part.
const WORDS: usize = 400;
/// Parts with fewer long words say too little to compare.
const LEAST_WORDS: usize = 40;

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let text = &message.features.text;
    if !message.features.structure.parts.iter().any(|part| part.content_type == "multipart/alternative") {
        return None;
    }
    let (plain, html) = (words(&text.plain), words(&text.html));
    let smaller = plain.len().min(html.len());
    let shared = plain.intersection(&html).count();
    (smaller >= LEAST_WORDS && shared * 10 < smaller).then(|| Seen::of(format!("{shared} of {smaller}")))
}

/// Words of five letters or more; short ones are shared by any two texts of a language.
fn words(text: &str) -> HashSet<String> {
    let start = model::names::bounded(text, 12_000);
    fold(start).split(' ').filter(|word| word.chars().count() >= 5).take(WORDS).map(str::to_owned).collect()
}
