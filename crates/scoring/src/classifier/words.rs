//! The words of a message as slots: numbers below [`SLOTS`].
//!
//! Read is what the reader sees, folded as for the phrases: the sender's name, the subject, the text. No address, no host, no
//! field and nothing of the HTML's make: those tell who sends, or with which program, and not what is said. Digits count as
//! one digit: a code or an amount is never seen again.

use crate::tokens::{self, Word};

/// Slots are below this: as many weights of one byte stay in a processor's second cache.
pub const SLOTS: usize = 1 << 17;
/// Bytes of folded text that are read. What spam wants is said by then.
const MOST: usize = 8192;
/// Bits of the filter that lets each word pass once. Among a thousand different words it takes eight for seen ones.
const SEEN_BITS: u32 = 16;

/// The part of a folded text that is read.
pub(super) fn read_part(folded: &[u8]) -> &[u8] {
    folded.get(..MOST).unwrap_or(folded)
}

/// The words of a folded text, in order, each with its hash.
pub(crate) fn hashed(folded: &[u8]) -> impl Iterator<Item = (u64, &[u8])> {
    tokens::words(folded).map(|word| (hash(&word), word.text))
}

/// The slot of a hash.
#[allow(clippy::cast_possible_truncation, reason = "what is left after the shift has 17 bits")]
pub(super) fn slot(hash: u64) -> u32 {
    (hash >> (64 - SLOTS.trailing_zeros())) as u32
}

/// Two words beside each other.
pub(super) fn pair(first: u64, second: u64) -> u64 {
    mix(first.rotate_left(23) ^ second)
}

/// A word counts by its first sixteen bytes.
fn hash(word: &Word<'_>) -> u64 {
    let head = one_digit(tokens::first(word.head, word.text.len()));
    let tail = match word.text.get(8..) {
        Some(rest) if !rest.is_empty() => mix(one_digit(tokens::chunk(rest)) ^ TAIL),
        _ => NO_TAIL,
    };
    mix(head ^ tail)
}

const TAIL: u64 = 0x517c_c1b7_2722_0a95;
/// What a word of eight bytes or fewer has for a tail.
const NO_TAIL: u64 = mix(TAIL);

/// Makes every digit a 0, eight bytes at once. Folded text has nothing else between 0x30 and 0x3f.
fn one_digit(bytes: u64) -> u64 {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let other = (bytes & 0xf0f0_f0f0_f0f0_f0f0) ^ 0x3030_3030_3030_3030;
    let digits = !(((other & LOW) + LOW) | other | LOW);
    bytes & !((digits >> 7) * 0x0f)
}

/// Spreads neighbours over all bits (the finish of MurmurHash3, shortened).
const fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (number ^ (number >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9)
}

/// Which hashes were seen, nearly: a collision takes a new one for a seen one.
pub(super) struct Seen([u64; 1 << (SEEN_BITS - 6)]);

impl Default for Seen {
    fn default() -> Self {
        Self([0; 1 << (SEEN_BITS - 6)])
    }
}

impl Seen {
    pub(super) fn is_new(&mut self, hash: u64) -> bool {
        let at = hash & ((1 << SEEN_BITS) - 1);
        let bit = 1 << (at & 63);
        let Some(bits) = self.0.get_mut((at >> 6) as usize) else { return false };
        let new = *bits & bit == 0;
        *bits |= bit;
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::fold;

    fn hashes(text: &str) -> Vec<u64> {
        hashed(fold(text).as_bytes()).map(|(hash, _)| hash).collect()
    }

    #[test]
    fn digits_are_one_digit_and_letters_are_not() {
        assert_eq!(hashes("order 4711 of 12:34"), hashes("Order 9999 of 56:78"));
        assert_ne!(hashes("4711"), hashes("471"));
        assert_ne!(hashes("pay"), hashes("pax"));
        assert_eq!(one_digit(u64::from_le_bytes(*b"a1b2$%@9")), u64::from_le_bytes(*b"a0b0$%@0"));
    }

    #[test]
    fn a_word_counts_by_its_first_sixteen_bytes() {
        assert_eq!(hashes("internationalisation"), hashes("internationalisations"));
        assert_ne!(hashes("international"), hashes("internationals"));
        assert_ne!(hashes("abcdefgh"), hashes("abcdefghi"));
    }

    #[test]
    fn every_word_passes_once() {
        let mut seen = Seen::default();
        let new: Vec<bool> = hashes("buy now buy more now").into_iter().map(|hash| seen.is_new(hash)).collect();
        assert_eq!(new, [true, true, false, true, false]);
    }

    #[test]
    fn slots_spread_over_all_of_the_table() {
        let slots: std::collections::BTreeSet<u32> =
            (0..1000).map(|n| slot(mix(n))).inspect(|slot| assert!((*slot as usize) < SLOTS)).collect();
        assert!(slots.len() > 980, "{}", slots.len());
    }
}
