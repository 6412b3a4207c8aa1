//! A subject that ends in a random token, different in every copy, to defeat comparison.

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let (head, token) = message.subject().trim_end().rsplit_once(char::is_whitespace)?;
    let bare = token.trim_matches(|c| matches!(c, '[' | ']' | '(' | ')' | '{' | '}' | '<' | '>'));
    (head.chars().any(char::is_alphabetic) && is_random(bare)).then(|| Seen::of(token))
}

/// Lower-case letters and digits in turns, or letters no language strings together. Versions, dates, hashes in front of
/// which stands a word such as "commit" and identifiers with capitals or punctuation are not meant.
fn is_random(token: &str) -> bool {
    let plain = token.len() >= 6 && token.len() <= 24 && token.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    plain && (switches(token) >= 4 && !is_hex(token) || longest_consonants(token) >= 6)
}

fn is_hex(token: &str) -> bool {
    token.chars().all(|c| c.is_ascii_hexdigit())
}

/// How often letters turn to digits and back.
fn switches(token: &str) -> usize {
    let kinds: Vec<bool> = token.chars().map(|c| c.is_ascii_digit()).collect();
    kinds.windows(2).filter(|pair| pair.first() != pair.last()).count()
}

fn longest_consonants(token: &str) -> usize {
    let is_consonant = |c: char| c.is_ascii_lowercase() && !"aeiouy".contains(c);
    token.split(|c| !is_consonant(c)).map(str::len).max().unwrap_or(0)
}
