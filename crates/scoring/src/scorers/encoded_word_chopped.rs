//! A subject whose encoded words hold a letter or two each, or change their charset in the middle: mail programs fill
//! each up to 75 characters in one charset (RFC 2047 2).

use crate::{Reading, Seen};

/// Fewer encoded words prove nothing.
const LEAST_WORDS: usize = 4;
/// Encoded words that hold no more than this, in encoded characters, are chopped.
const SHORT: usize = 8;

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let written = message.features.headers.subject_raw.as_deref()?;
    if !written.contains("=?") {
        return None;
    }
    let words: Vec<(String, &str)> = words(written).collect();
    let held: usize = words.iter().map(|(_, held)| held.len()).sum();
    let chopped = words.len() >= LEAST_WORDS && held <= words.len() * SHORT;
    let first = words.first()?;
    let mixed = words.len() >= 3 && words.iter().any(|(charset, _)| *charset != first.0);
    (chopped || mixed).then(|| Seen::of(message.subject()))
}

/// The charset and what is held of each encoded word.
fn words(written: &str) -> impl Iterator<Item = (String, &str)> {
    let mut rest = written;
    std::iter::from_fn(move || {
        let mut fields = rest.split_once("=?")?.1.splitn(3, '?');
        let (charset, _, behind) = (fields.next()?, fields.next()?, fields.next()?);
        let (held, after) = behind.split_once("?=")?;
        rest = after;
        Some((charset.to_ascii_lowercase(), held))
    })
}
