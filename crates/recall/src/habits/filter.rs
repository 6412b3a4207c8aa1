//! Whom a sender has written to, and where he has led them: Bloom filters that say "known" of one stranger in nine when they are
//! full, and never "stranger" of somebody known.

use crate::codec::{Reader, Writer};

/// A set of hashes in `WORDS` (a power of two) times eight bytes, of which it can be asked whether they are in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Filter<const WORDS: usize>([u64; WORDS]);

impl<const WORDS: usize> Default for Filter<WORDS> {
    fn default() -> Self {
        Self([0; WORDS])
    }
}

impl<const WORDS: usize> Filter<WORDS> {
    const BITS: u32 = 64 * WORDS as u32;

    pub(super) fn contains(&self, hash: u32) -> bool {
        Self::places(hash).iter().all(|(word, bit)| self.0.get(*word).is_some_and(|word| word & bit != 0))
    }

    pub(super) fn insert(&mut self, hash: u32) {
        for (word, bit) in Self::places(hash) {
            if let Some(word) = self.0.get_mut(word) {
                *word |= bit;
            }
        }
    }

    /// Takes in another set.
    pub(super) fn merge(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, more)| *word |= more);
    }

    /// Whether a third of its bits are set: some 13 names for each word.
    pub(super) fn is_full(&self) -> bool {
        self.0.iter().map(|word| word.count_ones()).sum::<u32>() > Self::BITS / 3
    }

    /// Forgets half of the bits. Whoever is written to often is soon known again.
    pub(super) fn thin(&mut self, turn: u32) {
        let kept = if turn.is_multiple_of(2) { 0x5555_5555_5555_5555 } else { 0xaaaa_aaaa_aaaa_aaaa };
        self.0.iter_mut().for_each(|word| *word &= kept);
    }

    pub(super) fn write(&self, out: &mut Writer) {
        self.0.iter().for_each(|word| out.u64(*word));
    }

    pub(super) fn read(from: &mut Reader<'_>) -> Option<Self> {
        from.array(Reader::u64).map(Self)
    }

    /// The word and the bit of each of the two places of a hash.
    fn places(hash: u32) -> [(usize, u64); 2] {
        [hash, hash >> 16].map(|half| half % Self::BITS).map(|place| ((place / 64) as usize, 1 << (place % 64)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_known_is_a_stranger_and_few_strangers_are_known() {
        let hash = |number: u32| crate::hash::folded(&format!("r{number}@far.example"));
        let mut filter = Filter::<16>::default();
        let mut held = 0;
        while !filter.is_full() {
            filter.insert(hash(held));
            held += 1;
        }
        assert!((180..260).contains(&held), "{held} fill it");
        assert!((0..held).all(|number| filter.contains(hash(number))));
        let mistaken = (10_000..20_000).filter(|number| filter.contains(hash(*number))).count();
        assert!(mistaken < 1500, "{mistaken} of 10,000");
        filter.thin(1);
        assert!(!filter.is_full());
    }
}
