//! A rate limit for one subject: the generic cell rate algorithm (ITU-T I.371), sixteen bytes and no timer.
//!
//! The bucket is a point in time: when all that was taken will have come back. It is never trusted to lie further ahead
//! than a full bucket takes, so neither a changed limit nor a clock that was set leaves anybody locked out.

use std::time::Duration;

use model::Timestamp;
use serde::{Deserialize, Serialize};

use super::Window;

/// A limit in force for one subject.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pace {
    /// Units for each `per`; not 0.
    pub(crate) limit: u64,
    /// The limit's time.
    pub(crate) per: Duration,
    /// Units that may come at once; not 0.
    pub(crate) burst: u64,
}

impl Pace {
    /// How long that many units take to come back, in nanoseconds.
    fn nanos(&self, units: u64) -> i64 {
        let taken = self.per.as_nanos().saturating_mul(u128::from(units)) / u128::from(self.limit.max(1));
        i64::try_from(taken).unwrap_or(i64::MAX)
    }

    /// How long a full bucket takes to come back.
    pub(crate) fn recovery(&self) -> Duration {
        Duration::from_nanos(u64::try_from(self.nanos(self.burst)).unwrap_or(0))
    }

    /// Whether that many units at once can never pass, however long one waits.
    pub(crate) fn excludes(&self, units: u64) -> bool {
        units > self.burst
    }
}

/// What one subject has used of one limit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Bucket {
    /// Nanoseconds since the epoch; all is back from then on.
    empty_at: i64,
    /// Answers "come back later" within the limit's time.
    deferrals: Window<u64>,
}

impl Bucket {
    /// How long to wait before that many units fit; zero when they do. What never fits waits until all is back.
    pub(crate) fn wait(&self, pace: &Pace, units: u64, now: Timestamp) -> Duration {
        if units == 0 {
            return Duration::ZERO;
        }
        let full = nanos(now).saturating_add(pace.nanos(pace.burst));
        let after = self.level(pace, now).saturating_add(pace.nanos(units.min(pace.burst)));
        let wait = Duration::from_nanos(u64::try_from(after.saturating_sub(full)).unwrap_or(0));
        if pace.excludes(units) { wait.max(Duration::from_secs(1)) } else { wait }
    }

    /// Uses up units; [`Self::wait`] has allowed it.
    pub(crate) fn take(&mut self, pace: &Pace, units: u64, now: Timestamp) {
        if units > 0 {
            self.empty_at = self.level(pace, now).saturating_add(pace.nanos(units));
        }
    }

    /// Gives units back that were taken just before.
    pub(crate) fn refund(&mut self, pace: &Pace, units: u64) {
        self.empty_at = self.empty_at.saturating_sub(pace.nanos(units));
    }

    /// Counts a deferral and tells how many there were.
    pub(crate) fn deferred(&mut self, pace: &Pace, now: Timestamp) -> u64 {
        let current = self.deferrals.current(pace.per, now);
        *current = current.saturating_add(1);
        self.deferrals.count(pace.per, now)
    }

    /// Units in use now, rounded up.
    pub(crate) fn used(&self, pace: &Pace, now: Timestamp) -> u64 {
        let nanos = u128::try_from(self.level(pace, now).saturating_sub(nanos(now))).unwrap_or(0);
        let units = nanos.saturating_mul(u128::from(pace.limit)).div_ceil(pace.per.as_nanos().max(1));
        u64::try_from(units).unwrap_or(u64::MAX)
    }

    fn level(&self, pace: &Pace, now: Timestamp) -> i64 {
        let now = nanos(now);
        self.empty_at.min(now.saturating_add(pace.nanos(pace.burst))).max(now)
    }
}

fn nanos(time: Timestamp) -> i64 {
    time.0.saturating_mul(1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PACE: Pace = Pace { limit: 200, per: Duration::from_secs(3600), burst: 200 };
    const START: Timestamp = Timestamp::from_secs(1_700_000_000);

    fn send(bucket: &mut Bucket, pace: &Pace, units: u64, now: Timestamp) -> bool {
        let fits = bucket.wait(pace, units, now).is_zero();
        if fits {
            bucket.take(pace, units, now);
        }
        fits
    }

    #[test]
    fn the_limit_passes_at_once_and_then_one_by_one() {
        let mut bucket = Bucket::default();
        let passed = (0..300).filter(|_| send(&mut bucket, &PACE, 1, START)).count();
        assert_eq!((passed, bucket.used(&PACE, START)), (200, 200));
        assert_eq!(bucket.wait(&PACE, 1, START), Duration::from_secs(18));
        assert!(!send(&mut bucket, &PACE, 1, START.after(Duration::from_secs(17))));
        assert!(send(&mut bucket, &PACE, 1, START.after(Duration::from_secs(18))));
    }

    #[test]
    fn what_exceeds_the_burst_never_passes() {
        let bucket = Bucket::default();
        assert!(PACE.excludes(201));
        assert_eq!(bucket.wait(&PACE, 201, START), Duration::from_secs(1));
        assert!(bucket.wait(&PACE, 200, START).is_zero());
    }

    #[test]
    fn a_clock_set_back_locks_nobody_out() {
        let mut bucket = Bucket::default();
        assert!(send(&mut bucket, &PACE, 1, START.after(Duration::from_secs(1_000_000_000))));
        assert!(bucket.wait(&PACE, 1, START) <= Duration::from_secs(18));
    }

    proptest! {
        /// Nobody ever sends more than burst + limit x time, and waiting as long as told always helps.
        #[test]
        fn the_limit_holds_and_a_full_bucket_recovers(
            limit in 1u64..1_000_000, burst in 1u64..1000, steps in prop::collection::vec((1u64..50, 0u64..600), 1..200),
        ) {
            let pace = Pace { limit, per: Duration::from_secs(3600), burst };
            let mut bucket = Bucket::default();
            let (mut now, mut passed) = (START, 0u128);
            for (units, pause) in steps {
                now = now.after(Duration::from_secs(pause));
                if send(&mut bucket, &pace, units, now) {
                    passed += u128::from(units);
                } else if !pace.excludes(units) {
                    let told = bucket.wait(&pace, units, now) + Duration::from_millis(1);
                    prop_assert!(bucket.clone().wait(&pace, units, now.after(told)).is_zero());
                }
                let allowed = u128::from(burst) + u128::from(limit) * now.since(START).as_nanos() / 3_600_000_000_000;
                prop_assert!(passed <= allowed + 1, "{passed} > {allowed}");
            }
        }

        #[test]
        fn what_is_refunded_was_never_taken(before in 0u64..200, units in 1u64..200, pause in 0u64..7200) {
            let mut bucket = Bucket::default();
            bucket.take(&PACE, before, START);
            let now = START.after(Duration::from_secs(pause));
            let used = bucket.used(&PACE, now);
            if send(&mut bucket, &PACE, units, now) {
                bucket.refund(&PACE, units);
            }
            prop_assert_eq!(bucket.used(&PACE, now), used);
        }
    }
}
