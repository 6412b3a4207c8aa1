//! How many different things there were: exact up to 128, then a HyperLogLog of 1024 registers (3 % standard error).
//!
//! Takes hashes only, keyed by the caller, so that nobody can choose recipients that collide. At most 1 KiB.
//! The published crates for this serialise raw pointers or need unsafe code; this much arithmetic is easier to trust.

use serde::{Deserialize, Serialize};

/// At most this many hashes are kept as they are (512 bytes).
const EXACT: usize = 128;
/// The bits of a hash that choose the register.
const INDEX_BITS: u32 = 10;
const REGISTERS: usize = 1 << INDEX_BITS;

/// A set of hashes, or what is left of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub(crate) enum Sketch {
    /// The hashes, sorted, each once.
    Few(Vec<u32>),
    /// The highest rank seen for each register.
    Many(Box<[u8]>),
}

impl Default for Sketch {
    fn default() -> Self {
        Self::Few(Vec::new())
    }
}

impl Sketch {
    /// Adds one thing by its hash.
    pub(crate) fn insert(&mut self, hash: u32) {
        match self {
            Self::Many(registers) => raise(registers, hash),
            Self::Few(hashes) => match hashes.binary_search(&hash) {
                Ok(_) => {}
                Err(place) if hashes.len() < EXACT => hashes.insert(place, hash),
                Err(_) => self.widen(hash),
            },
        }
    }

    fn widen(&mut self, hash: u32) {
        let mut registers = self.registers();
        raise(&mut registers, hash);
        *self = Self::Many(registers.into());
    }

    /// How many different things were added.
    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::Few(hashes) => hashes.len() as u64,
            Self::Many(registers) => estimate(registers),
        }
    }

    /// How many different things were added to this or to the other.
    pub(crate) fn union_len(&self, other: &Self) -> u64 {
        if let (Self::Few(ours), Self::Few(theirs)) = (self, other) {
            let shared = ours.iter().filter(|hash| theirs.binary_search(hash).is_ok()).count();
            return (ours.len() + theirs.len() - shared) as u64;
        }
        let mut registers = self.registers();
        for (ours, theirs) in registers.iter_mut().zip(other.registers()) {
            *ours = theirs.max(*ours);
        }
        estimate(&registers)
    }

    fn registers(&self) -> [u8; REGISTERS] {
        let mut registers = [0; REGISTERS];
        match self {
            Self::Few(hashes) => hashes.iter().for_each(|hash| raise(&mut registers, *hash)),
            Self::Many(kept) => registers.iter_mut().zip(kept).for_each(|(ours, kept)| *ours = *kept),
        }
        registers
    }
}

fn raise(registers: &mut [u8], hash: u32) {
    let index = (hash as usize) % REGISTERS;
    let rank = (hash >> INDEX_BITS | 1 << (32 - INDEX_BITS)).trailing_zeros() as u8 + 1;
    if let Some(register) = registers.get_mut(index) {
        *register = rank.max(*register);
    }
}

/// Flajolet and others, "HyperLogLog" (2007), with linear counting where registers are still empty.
fn estimate(registers: &[u8]) -> u64 {
    let count = REGISTERS as f64;
    let (sum, empty) = registers
        .iter()
        .fold((0.0, 0u32), |(sum, empty), rank| (sum + two_to_minus(*rank), empty + u32::from(*rank == 0)));
    let raw = 0.7213 / (1.0 + 1.079 / count) * count * count / sum;
    let refined = if raw <= 2.5 * count && empty > 0 { count * (count / f64::from(empty)).ln() } else { raw };
    refined.round() as u64
}

/// 2^-rank, from the exponent bits of an IEEE 754 double; ten times as fast as `exp2`.
fn two_to_minus(rank: u8) -> f64 {
    f64::from_bits((1023 - u64::from(rank)) << 52)
}

/// A sketch as it was written down, by whomever.
#[derive(Deserialize)]
enum Unchecked {
    Few(Vec<u32>),
    Many(Vec<u8>),
}

impl TryFrom<Unchecked> for Sketch {
    type Error = &'static str;

    fn try_from(read: Unchecked) -> Result<Self, Self::Error> {
        match read {
            Unchecked::Few(hashes) if hashes.len() <= EXACT && hashes.is_sorted_by(|a, b| a < b) => {
                Ok(Self::Few(hashes))
            }
            Unchecked::Many(registers) if registers.len() == REGISTERS => Ok(Self::Many(registers.into())),
            _ => Err("no sketch of this version"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    /// A fixed bijection that spreads its bits (the finalizer of MurmurHash3).
    fn hash(number: u32) -> u32 {
        let number = (number ^ number >> 16).wrapping_mul(0x85eb_ca6b);
        let number = (number ^ number >> 13).wrapping_mul(0xc2b2_ae35);
        number ^ number >> 16
    }

    fn sketch(numbers: impl IntoIterator<Item = u32>) -> Sketch {
        let mut sketch = Sketch::default();
        numbers.into_iter().for_each(|number| sketch.insert(hash(number)));
        sketch
    }

    #[test]
    fn large_sets_are_estimated_within_a_tenth() {
        for size in [129u32, 500, 2000, 10_000, 100_000] {
            let found = sketch(0..size).len();
            assert!(found.abs_diff(size.into()) * 10 <= size.into(), "{found} for {size}");
        }
    }

    #[test]
    fn unions_are_estimated_within_a_tenth() {
        for (ours, theirs, both) in [(0..1000, 500..1500, 1500u64), (0..100, 50..200, 200), (0..100, 0..5000, 5000)] {
            let found = sketch(ours.clone()).union_len(&sketch(theirs.clone()));
            assert!(found.abs_diff(both) * 10 <= both, "{found} for {ours:?} and {theirs:?}");
        }
    }

    #[test]
    fn a_damaged_sketch_is_not_read() {
        for text in [r#"{"Few":[2,1]}"#, r#"{"Few":[1,1]}"#, r#"{"Many":[1,2,3]}"#, r#"{"Other":[]}"#] {
            assert!(serde_json::from_str::<Sketch>(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn small_sets_and_their_unions_are_exact(
            ours in prop::collection::vec(0u32..200, 0..100), theirs in prop::collection::vec(0u32..200, 0..100),
        ) {
            let distinct = |numbers: &[u32]| numbers.iter().collect::<HashSet<_>>().len() as u64;
            let both = [ours.clone(), theirs.clone()].concat();
            prop_assert_eq!(sketch(ours.iter().copied()).len(), distinct(&ours));
            prop_assert_eq!(sketch(ours).union_len(&sketch(theirs)), distinct(&both));
        }

        #[test]
        fn what_is_written_is_read_back(size in 0u32..400) {
            let written = sketch(0..size);
            let text = serde_json::to_string(&written).unwrap();
            prop_assert_eq!(serde_json::from_str::<Sketch>(&text).unwrap(), written);
        }
    }
}
