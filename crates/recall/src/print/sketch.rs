//! A set of word pairs in 64 bytes: how many values two sketches share tells how much of their sets is the same.
//!
//! One-permutation hashing (Li, Owen, Zhang 2012): each pair has one hash; its upper bits choose a bin, the smallest hash of
//! a bin is its value. An empty bin borrows from the next one that is not (Shrivastava, Li 2014), so short texts compare
//! as well. The share of equal values estimates the Jaccard similarity, within 0.09 (standard error).

/// Values in a sketch.
pub(crate) const BINS: usize = 32;
/// Added, times the distance, to what an empty bin borrows: two empty bins agree only if they borrow from the same place.
const STEP: u32 = 0x85eb_ca6b;

/// The values of the bins.
pub(crate) type Sketch = [u16; BINS];

/// The sketch of the pairs of neighbouring words, and how many bins had pairs of their own.
pub(crate) fn of_pairs(words: &[u32]) -> (Sketch, usize) {
    let mut least = [u32::MAX; BINS];
    for (first, second) in words.iter().zip(words.iter().skip(1)) {
        let pair = (u64::from(*first) << 32 | u64::from(*second)).wrapping_mul(0xd6e8_feb8_6659_fd93);
        let hash = (pair ^ pair >> 32).wrapping_mul(0xff51_afd7_ed55_8ccd);
        if let Some(bin) = least.get_mut((hash >> 59) as usize) {
            *bin = (*bin).min((hash >> 24) as u32);
        }
    }
    let filled = least.iter().filter(|value| **value != u32::MAX).count();
    (borrowed(&least), filled)
}

/// A sketch that equals only that of the same key: for what is the same or is not.
pub(crate) fn of_key(key: u64) -> Sketch {
    let mut state = key;
    std::array::from_fn(|_| {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (mixed >> 40) as u16
    })
}

/// How many of the [`BINS`] values are the same.
pub(crate) fn shared(one: &Sketch, other: &Sketch) -> u32 {
    one.iter().zip(other).map(|(ours, theirs)| u32::from(ours == theirs)).sum()
}

fn borrowed(least: &[u32; BINS]) -> Sketch {
    let own = |bin: usize| least.get(bin % BINS).copied().filter(|value| *value != u32::MAX);
    std::array::from_fn(|bin| {
        let value = (0..BINS).find_map(|far| Some(own(bin + far)?.wrapping_add(STEP.wrapping_mul(far as u32))));
        // Folded to 16 bits: two different values are the same then once in 65,536 times.
        (value.unwrap_or_default().wrapping_mul(0x9e37_79b1) >> 16) as u16
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(seed: u32, length: u32) -> Vec<u32> {
        (0..length).map(|word| (seed + word).wrapping_mul(0x9e37_79b1)).collect()
    }

    #[test]
    fn similarity_is_estimated() {
        // 100 words, the last `new` of them others: of 99 pairs, 99 - new are shared.
        for new in [0_u32, 10, 30, 50, 100] {
            let mut errors = 0.0;
            for seed in 0..50 {
                let one = text(seed * 1000, 100);
                let kept = (100 - new) as usize;
                let two = [&one[..kept], &text(seed * 1000 + 500_000, new)].concat();
                let (same, all) = (f64::from(99 - new.min(99)), f64::from(99 + new.min(99)));
                let found = shared(&of_pairs(&one).0, &of_pairs(&two).0);
                errors += f64::from(found) / BINS as f64 - same / all;
            }
            assert!((errors / 50.0).abs() < 0.05, "{new} new words: off by {}", errors / 50.0);
        }
    }

    #[test]
    fn keys_share_nothing() {
        assert_eq!(shared(&of_key(1), &of_key(1)), BINS as u32);
        assert!(shared(&of_key(1), &of_key(2)) <= 1);
    }
}
