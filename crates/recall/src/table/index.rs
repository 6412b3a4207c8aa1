//! Where fingerprints with some equal values lie: locality-sensitive hashing by bands of two values.
//!
//! Two sketches that share 45 % of their values have one of these bands in common in 95 % of cases; ones that share 3 %, in one
//! of a hundred. What the index finds is compared in full before it counts. Its size is fixed: a bucket keeps the
//! latest few, so text that everybody sends can't fill it.

use crate::print::Print;

/// Bands of each of the two sketches.
const BANDS: usize = 10;
/// Entries of a bucket: one line of the processor's cache.
const WAYS: usize = 8;

/// Buckets of entries: the upper half tells the band's hash, the lower one the place plus one.
#[derive(Debug)]
pub(super) struct Index {
    buckets: Vec<[u64; WAYS]>,
}

impl Index {
    pub(super) fn new(rows: usize) -> Self {
        // A third of the ways stay free, so that few buckets overflow.
        let wanted = rows.saturating_mul(2 * BANDS) / WAYS * 3 / 2;
        Self { buckets: vec![[0; WAYS]; wanted.next_power_of_two()] }
    }

    /// Calls `see` with the place of each row that has a band in common, maybe several times.
    pub(super) fn candidates(&self, print: &Print, mut see: impl FnMut(usize)) {
        for band in bands(print) {
            let bucket = self.buckets.get(self.bucket_of(band)).into_iter().flatten();
            let same = bucket.filter(|entry| **entry >> 32 == band >> 32 && **entry != 0);
            same.for_each(|entry| see((*entry as u32).saturating_sub(1) as usize));
        }
    }

    /// Takes a row out, so that its entries push no others out of their buckets.
    pub(super) fn remove(&mut self, print: &Print, place: usize) {
        let Ok(number) = u32::try_from(place + 1) else { return };
        for band in bands(print) {
            let (at, entry) = (self.bucket_of(band), entry(band, number));
            let Some(bucket) = self.buckets.get_mut(at) else { continue };
            if let Some(rest) = bucket.iter().position(|known| *known == entry).and_then(|way| bucket.get_mut(way..)) {
                rest.rotate_left(1);
                bucket[WAYS - 1] = 0;
            }
        }
    }

    /// Notes a row, or brings it to the front where newer ones have pushed it back or out.
    pub(super) fn add(&mut self, print: &Print, place: usize) {
        let Ok(number) = u32::try_from(place + 1) else { return };
        for band in bands(print) {
            let (at, entry) = (self.bucket_of(band), entry(band, number));
            let Some(bucket) = self.buckets.get_mut(at) else { continue };
            let way = bucket.iter().position(|known| *known == entry || *known == 0).unwrap_or(WAYS - 1);
            if let Some(newer) = bucket.get_mut(..=way) {
                newer.rotate_right(1);
            }
            bucket[0] = entry;
        }
    }

    fn bucket_of(&self, band: u64) -> usize {
        band as u32 as usize & (self.buckets.len() - 1)
    }
}

fn entry(band: u64, number: u32) -> u64 {
    band >> 32 << 32 | u64::from(number)
}

/// The hashes of the bands. They are numbered, so that equal values elsewhere mean nothing.
fn bands(print: &Print) -> impl Iterator<Item = u64> {
    let of = |sketch: [u16; crate::print::sketch::BINS], first: u64| {
        (0..BANDS).zip(sketch.into_iter().step_by(2).zip(sketch.into_iter().skip(1).step_by(2))).map(
            move |(number, (one, two))| {
                let value = (first + number as u64) << 32 | u64::from(one) << 16 | u64::from(two);
                let mixed = (value + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                (mixed ^ mixed >> 31).wrapping_mul(0xd6e8_feb8_6659_fd93)
            },
        )
    };
    of(print.whole, 0).chain(of(print.head, BANDS as u64))
}
