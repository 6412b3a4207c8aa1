//! Plain text and HTML of one message say different things: one is for the filter, the other for the reader.

use crate::classifier::hashed;
use crate::fold::fold_into;
use crate::tokens::letters;
use crate::{Reading, Seen};

/// Words looked at in each part.
const WORDS: usize = 120;
/// So many of them stand in the beginning of a part, in bytes, in any language but the most long-winded.
const BEGINNING: usize = 2400;
/// Parts with fewer long words say too little to compare.
const LEAST_WORDS: usize = 40;

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let text = &message.features.text;
    let alternative = |part: &model::features::PartFact| part.content_type == "multipart/alternative";
    if text.html.trim().is_empty() || !message.features.structure.parts.iter().any(alternative) {
        return None;
    }
    let mut plain = Vec::new();
    fold_into(model::names::bounded(&text.plain, BEGINNING), &mut plain);
    // What is folded already begins with the HTML's text.
    let html = message.folded_text();
    let (plain, html) = (words(&plain), words(html.get(..BEGINNING).unwrap_or(html)));
    let smaller = plain.len().min(html.len());
    let shared = plain.iter().filter(|word| html.binary_search(word).is_ok()).count();
    (smaller >= LEAST_WORDS && shared * 10 < smaller).then(|| Seen::of(format!("{shared} of {smaller}")))
}

/// Hashes of the words of five letters or more, sorted, each once; short ones are shared by any two texts of a language.
fn words(folded: &[u8]) -> Vec<u64> {
    let long = hashed(folded).filter(|(_, word)| word.len() >= 5 && letters(word) >= 5);
    let mut hashes: Vec<u64> = long.map(|(hash, _)| hash).take(WORDS).collect();
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}
