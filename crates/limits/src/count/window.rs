//! A sliding window kept as two buckets: what came in the current one, and what came in the one before.
//!
//! The first bucket starts with the first event, not at a full hour, so a burst after a pause is counted exactly. Later
//! the previous bucket counts by the share of it that the window still covers: right for steady traffic, never more than
//! the two buckets hold. A clock set back by more than a window starts anew: too little counted beats counts that never age.

use std::time::Duration;

use model::Timestamp;
use serde::{Deserialize, Serialize};

/// Two buckets, each as long as the window. The length is the plan's, so that a record need not hold it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Window<T> {
    start: Timestamp,
    current: T,
    previous: T,
}

/// The buckets as they stand at some time.
pub(crate) struct Reading<'a, T> {
    /// What came since the current bucket began.
    pub(crate) current: Option<&'a T>,
    /// What came in the bucket before it.
    pub(crate) previous: &'a T,
    /// How much of the previous bucket the window still covers.
    pub(crate) share: Share,
}

/// A part of a window, `covered` of `length` milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Share {
    covered: u64,
    length: u64,
}

impl Share {
    /// The part of a count that falls in it, rounded down.
    pub(crate) fn of(self, count: u64) -> u64 {
        let part = u128::from(count) * u128::from(self.covered) / u128::from(self.length.max(1));
        u64::try_from(part).unwrap_or(u64::MAX)
    }
}

/// Where a point in time lies, seen from the current bucket.
enum Place {
    Current,
    Next,
    Beyond,
}

impl<T: Default> Window<T> {
    /// The bucket that takes what happens now.
    pub(crate) fn current(&mut self, length: Duration, now: Timestamp) -> &mut T {
        match self.place(length, now) {
            Place::Current => {}
            Place::Next => {
                self.previous = std::mem::take(&mut self.current);
                self.start = self.start.after(length);
            }
            Place::Beyond => *self = Self { start: now, ..Self::default() },
        }
        &mut self.current
    }

    /// The buckets now; `None` when nothing in them counts any more.
    pub(crate) fn read(&self, length: Duration, now: Timestamp) -> Option<Reading<'_, T>> {
        let (current, previous, start) = match self.place(length, now) {
            Place::Current => (Some(&self.current), &self.previous, self.start),
            Place::Next => (None, &self.current, self.start.after(length)),
            Place::Beyond => return None,
        };
        let length = millis(length);
        let covered = length.saturating_sub(millis(now.since(start)));
        Some(Reading { current, previous, share: Share { covered, length } })
    }

    fn place(&self, length: Duration, now: Timestamp) -> Place {
        if self.start.since(now) > length {
            return Place::Beyond;
        }
        let age = now.since(self.start);
        match () {
            () if age < length => Place::Current,
            () if age < length.saturating_mul(2) => Place::Next,
            () => Place::Beyond,
        }
    }
}

impl Window<u64> {
    /// How many there were within the window.
    pub(crate) fn count(&self, length: Duration, now: Timestamp) -> u64 {
        let Some(reading) = self.read(length, now) else { return 0 };
        let current = reading.current.copied().unwrap_or(0);
        current.saturating_add(reading.share.of(*reading.previous))
    }
}

fn millis(length: Duration) -> u64 {
    u64::try_from(length.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn a_burst_after_a_pause_is_counted_exactly() {
        let mut window = Window::<u64>::default();
        for minute in 0..60 {
            let now = Timestamp::from_secs(1_700_000_123 + minute * 60);
            *window.current(HOUR, now) += 1;
            assert_eq!(window.count(HOUR, now), u64::try_from(minute).unwrap() + 1);
        }
    }

    #[test]
    fn the_previous_bucket_fades() {
        let start = Timestamp::from_secs(1_700_000_000);
        let mut window = Window::default();
        *window.current(HOUR, start) = 100;
        for (minutes, expected) in [(59, 100), (60, 100), (75, 75), (90, 50), (119, 1), (120, 0), (1000, 0)] {
            assert_eq!(window.count(HOUR, start.after(Duration::from_secs(minutes * 60))), expected, "{minutes}");
        }
    }

    #[test]
    fn a_clock_set_back_forgets_instead_of_counting_for_ever() {
        let start = Timestamp::from_secs(1_700_000_000);
        let mut window = Window::default();
        *window.current(HOUR, start) = 100;
        assert_eq!(window.count(HOUR, start.before(HOUR / 2)), 100);
        assert_eq!(window.count(HOUR, start.before(HOUR * 2)), 0);
        *window.current(HOUR, start.before(HOUR * 2)) += 1;
        assert_eq!(window.count(HOUR, start), 0);
    }

    proptest! {
        /// The estimate holds what came in the current bucket, and no more than came within two windows.
        #[test]
        fn the_estimate_is_bounded_by_exact_counts(gaps in prop::collection::vec(0u64..2_000_000, 1..200)) {
            let mut window = Window::<u64>::default();
            let mut now = Timestamp::from_secs(1_700_000_000);
            let mut events = Vec::new();
            for gap in gaps {
                now = now.after(Duration::from_millis(gap));
                *window.current(HOUR, now) += 1;
                events.push(now);
                let within = |length| events.iter().filter(|at| now.since(**at) < length).count() as u64;
                let estimate = window.count(HOUR, now);
                prop_assert!(estimate <= within(HOUR * 2), "{estimate} > {}", within(HOUR * 2));
                let since_start = events.iter().filter(|at| **at >= window.start).count() as u64;
                prop_assert!(estimate >= since_start, "{estimate} < {since_start}");
            }
        }

        /// Steady traffic is estimated to within one event in either bucket.
        #[test]
        fn steady_traffic_is_estimated_closely(gap in 1_000u64..600_000) {
            let mut window = Window::<u64>::default();
            let mut now = Timestamp::from_secs(1_700_000_000);
            let exact = 3_600_000 / gap;
            for step in 0..(3 * exact + 3) {
                *window.current(HOUR, now) += 1;
                if step > exact {
                    let estimate = window.count(HOUR, now);
                    prop_assert!(estimate.abs_diff(exact) <= 2, "{estimate} is far from {exact}");
                }
                now = now.after(Duration::from_millis(gap));
            }
        }
    }
}
