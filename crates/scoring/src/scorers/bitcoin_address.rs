//! A bitcoin address in the text, together with the talk of extortion or investment that asks for a payment to it.

use crate::phrases::Family;
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let asked = [Family::Extortion, Family::Investment].iter().any(|family| message.phrases(*family).1 > 0);
    if !asked {
        return None;
    }
    let words = message.features.text.shown().as_bytes().split(|byte| !byte.is_ascii_alphanumeric());
    let mut long = words.filter(|word| word.len() >= 26).filter_map(|word| std::str::from_utf8(word).ok());
    long.find(|word| is_bitcoin(word)).map(Seen::of)
}

/// Base58 (starting 1 or 3) or bech32 (starting bc1) by shape; the checksum is not computed.
fn is_bitcoin(word: &str) -> bool {
    let mixed = word.chars().any(|c| c.is_ascii_digit()) && word.chars().any(|c| c.is_ascii_alphabetic());
    let base58 = (26..=35).contains(&word.len())
        && word.starts_with(['1', '3'])
        && word.chars().any(|c| c.is_ascii_uppercase())
        && !word.contains(['0', 'O', 'I', 'l']);
    let bech32 = (42..=62).contains(&word.len()) && word.get(..3).is_some_and(|tag| tag.eq_ignore_ascii_case("bc1"));
    mixed && (base58 || bech32)
}
