//! One counter over one window: a number of events, or a number of different things.

use std::time::Duration;

use model::Timestamp;
use serde::{Deserialize, Serialize};

use super::Window;
use super::sketch::Sketch;

/// A counter of one subject.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Tally {
    /// Adds up.
    Sum(Window<u64>),
    /// Counts each thing once.
    Distinct(Box<Distinct>),
}

/// Different things, hashed with a key of their own, so that what collides here collides nowhere else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Distinct {
    key: u64,
    window: Window<Sketch>,
}

/// What a message adds to a counter.
pub(crate) enum Amount<'a> {
    /// That many.
    Units(u64),
    /// These things, by their bytes.
    Things(&'a mut dyn Iterator<Item = Vec<u8>>),
}

impl Tally {
    /// A counter that adds up.
    pub(crate) fn sum() -> Self {
        Self::Sum(Window::default())
    }

    /// A counter of different things.
    pub(crate) fn distinct(key: u64) -> Self {
        Self::Distinct(Box::new(Distinct { key, window: Window::default() }))
    }

    /// Counts.
    pub(crate) fn add(&mut self, amount: Amount<'_>, length: Duration, now: Timestamp) {
        match (self, amount) {
            (Self::Sum(window), Amount::Units(units)) => {
                let current = window.current(length, now);
                *current = current.saturating_add(units);
            }
            (Self::Distinct(distinct), Amount::Things(things)) => distinct.add(things, length, now),
            _ => {}
        }
    }

    /// How many there were within the window.
    pub(crate) fn count(&self, length: Duration, now: Timestamp) -> u64 {
        match self {
            Self::Sum(window) => window.count(length, now),
            Self::Distinct(distinct) => distinct.count(length, now),
        }
    }
}

impl Distinct {
    fn add(&mut self, things: &mut dyn Iterator<Item = Vec<u8>>, length: Duration, now: Timestamp) {
        let current = self.window.current(length, now);
        for thing in things {
            // The upper half of a 64-bit hash: up to a few million things, 32 bits collide less than the sketch errs.
            current.insert((xxhash_rust::xxh3::xxh3_64_with_seed(&thing, self.key) >> 32) as u32);
        }
    }

    fn count(&self, length: Duration, now: Timestamp) -> u64 {
        let Some(reading) = self.window.read(length, now) else { return 0 };
        let Some(current) = reading.current else { return reading.share.of(reading.previous.len()) };
        let new = current.len();
        let only_before = current.union_len(reading.previous).saturating_sub(new);
        new.saturating_add(reading.share.of(only_before))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn add(tally: &mut Tally, names: std::ops::Range<u32>, now: Timestamp) {
        tally.add(Amount::Things(&mut names.map(|name| name.to_string().into_bytes())), HOUR, now);
    }

    #[test]
    fn what_came_again_counts_once_and_what_did_not_fades() {
        let start = Timestamp::from_secs(1_700_000_000);
        let mut tally = Tally::distinct(7);
        add(&mut tally, 0..40, start);
        add(&mut tally, 0..40, start);
        assert_eq!(tally.count(HOUR, start), 40);
        let later = start.after(HOUR * 3 / 2);
        assert_eq!(tally.count(HOUR, later), 20);
        add(&mut tally, 0..20, later);
        assert_eq!(tally.count(HOUR, later), 20 + 20 / 2);
        assert_eq!(tally.count(HOUR, later.after(HOUR * 2)), 0);
    }

    #[test]
    fn keys_change_the_hashes() {
        let now = Timestamp::from_secs(1_700_000_000);
        let filled = |key| {
            let mut tally = Tally::distinct(key);
            add(&mut tally, 0..40, now);
            serde_json::to_value(tally).unwrap()["Distinct"]["window"]["current"].clone()
        };
        assert_ne!(filled(1), filled(2));
    }
}
