//! Characters of no width inside the text, to split words that filters look for. A newsletter's preheader is padded with
//! them at its beginning, which is why only those between two letters count.

use crate::{Reading, Seen};

const LEAST: usize = 5;

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    if message.features.text.invisible_chars < LEAST {
        return None;
    }
    let splits = split_words(message.features.text.shown());
    (splits >= LEAST).then(|| Seen::of(splits.to_string()))
}

/// How often an invisible character stands between two Latin letters. Joiners belong between letters of other scripts, and
/// a soft hyphen between syllables of long words.
fn split_words(text: &str) -> usize {
    let start = model::names::bounded(text, 16_384);
    let mut splits = 0;
    let mut before = ' ';
    let mut hidden = false;
    for c in start.chars() {
        if crate::fold::is_invisible(c) && c != '\u{ad}' {
            hidden = true;
            continue;
        }
        splits += usize::from(hidden && before.is_ascii_alphabetic() && c.is_ascii_alphabetic());
        (before, hidden) = (c, false);
    }
    splits
}
