//! The hash of names: senders, recipients, networks.
//!
//! Without a secret key: whoever finds two names of one hash gains a count that is one too low, and records on disk stay
//! readable.

use xxhash_rust::xxh3::xxh3_64;

/// Of a name as it is written.
pub(crate) fn of(name: &str) -> u64 {
    xxh3_64(name.as_bytes())
}

/// Of a name whatever its case, in 32 bits and never 0, which stands for nobody.
pub(crate) fn folded(name: &str) -> u32 {
    let mut lower = [0u8; 320];
    let length = name.len().min(lower.len());
    let folded = lower.iter_mut().zip(name.bytes());
    folded.for_each(|(place, byte)| *place = byte.to_ascii_lowercase());
    short(xxh3_64(lower.get(..length).unwrap_or_default()))
}

/// The bits of a sender's hash that are his domain's.
const HOUSE: u64 = 0xfff << 52;

/// The hash of somebody in a house, by which those of one house can be told: by chance two houses of 4096 are the same.
pub(crate) fn within(house: u64, own: u64) -> u64 {
    house & HOUSE | own & !HOUSE
}

/// The house of a short hash.
pub(crate) fn house(short: u32) -> u32 {
    short >> 20
}

/// The upper half, and never 0.
pub(crate) fn short(hash: u64) -> u32 {
    ((hash >> 32) as u32).max(1)
}
