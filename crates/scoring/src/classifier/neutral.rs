//! Words from which nothing is learned, so that they weigh nothing when a message is scored.
//!
//! The training material is nearly all English, and a part of its spam is not: without this a letter would be spam because of
//! its language. Nor does a number say what a message wants.

use std::collections::HashSet;
use std::sync::LazyLock;

use foldhash::fast::FixedState;

use super::words;
use crate::fold::fold;
use crate::lexicon::entries;

static FUNCTION_WORDS: LazyLock<HashSet<u64, FixedState>> = LazyLock::new(|| {
    let lists = entries(include_str!("../../data/function_words.txt"));
    lists.flat_map(|list| words::hashed(fold(list).as_bytes()).map(|(hash, _)| hash).collect::<Vec<_>>()).collect()
});

/// Whether nothing is learned from a folded word.
pub(super) fn is_neutral(hash: u64, word: &[u8]) -> bool {
    word.iter().all(u8::is_ascii_digit) || FUNCTION_WORDS.contains(&hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn function_words_and_numbers_are_passed_over() {
        let passed = |text: &str| -> Vec<bool> {
            words::hashed(fold(text).as_bytes()).map(|(hash, word)| is_neutral(hash, word)).collect()
        };
        assert_eq!(passed("für Größe 4711 très casino 5x"), [true, false, true, true, false, false]);
    }
}
