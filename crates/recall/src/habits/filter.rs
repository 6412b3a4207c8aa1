//! Whom a sender has written to, in 128 bytes: a Bloom filter that says "known" of one stranger in nine when it is full, and
//! never "stranger" of somebody known.

use crate::codec::{Reader, Writer};

const WORDS: usize = 16;
const BITS: u32 = 64 * WORDS as u32;

/// A set of hashes, of which it can be asked whether they are in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Filter([u64; WORDS]);

impl Filter {
    pub(super) fn contains(&self, hash: u32) -> bool {
        places(hash).iter().all(|(word, bit)| self.0.get(*word).is_some_and(|word| word & bit != 0))
    }

    pub(super) fn insert(&mut self, hash: u32) {
        for (word, bit) in places(hash) {
            if let Some(word) = self.0.get_mut(word) {
                *word |= bit;
            }
        }
    }

    /// Whether a third of its bits are set: some 200 names.
    pub(super) fn is_full(&self) -> bool {
        self.0.iter().map(|word| word.count_ones()).sum::<u32>() > BITS / 3
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
}

/// The word and the bit of each of the two places of a hash.
fn places(hash: u32) -> [(usize, u64); 2] {
    [hash % BITS, hash >> 16 & (BITS - 1)].map(|place| ((place / 64) as usize, 1 << (place % 64)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_known_is_a_stranger_and_few_strangers_are_known() {
        let hash = |number: u32| crate::hash::folded(&format!("r{number}@far.example"));
        let mut filter = Filter::default();
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
