//! Plain text and HTML of one message say different things: one is for the filter, the other for the reader.

use std::collections::HashSet;

use foldhash::fast::RandomState;

use crate::fold::fold;
use crate::{Reading, Seen};

/// Words looked at in each part.
const WORDS: usize = 200;
/// So many of them stand in the beginning of a part, in bytes, in any language but the most long-winded.
const BEGINNING: usize = 4000;
/// Parts with fewer long words say too little to compare.
const LEAST_WORDS: usize = 40;

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let text = &message.features.text;
    if !message.features.structure.parts.iter().any(|part| part.content_type == "multipart/alternative") {
        return None;
    }
    let (plain, html) = (beginning(&text.plain), beginning(&text.html));
    let (plain, html) = (words(&plain), words(&html));
    let smaller = plain.len().min(html.len());
    let shared = plain.intersection(&html).count();
    (smaller >= LEAST_WORDS && shared * 10 < smaller).then(|| Seen::of(format!("{shared} of {smaller}")))
}

fn beginning(text: &str) -> String {
    fold(model::names::bounded(text, BEGINNING))
}

/// Words of five letters or more; short ones are shared by any two texts of a language.
fn words(folded: &str) -> HashSet<&str, RandomState> {
    folded.split_ascii_whitespace().filter(|word| word.chars().nth(4).is_some()).take(WORDS).collect()
}
