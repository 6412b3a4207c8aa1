//! When a delivery is tried again, when it is over, and when a receiver is left alone for a while. Pure.

use std::time::Duration;

use limits::Delivery;
use model::Timestamp;
use model::names::bounded;

/// The pauses after the first failures of one delivery, in seconds; the last one stands for all that follow.
const PAUSES: [u64; 7] = [5, 30, 120, 600, 1800, 3600, 7200];
/// A receiver that asks for a longer pause than this is asked again all the same.
const LONGEST_WISH: Duration = Duration::from_secs(2 * 3600);
/// The bound of a kept error, in bytes.
const MAX_ERROR: usize = 500;

/// The delivery after a failure. `chance` spreads the pauses by a quarter either way, so that what failed at one moment
/// does not come back at one moment. `wish` is what the receiver asked for.
pub(crate) fn failed(
    mut delivery: Delivery,
    error: &str,
    wish: Option<Duration>,
    give_up_after: Duration,
    now: Timestamp,
    chance: u8,
) -> Delivery {
    let pause = PAUSES.get(delivery.tries as usize).or(PAUSES.last()).copied().unwrap_or_default();
    let spread = Duration::from_millis(pause * 750 + pause * 500 * u64::from(chance) / 255);
    let pause = spread.max(wish.unwrap_or_default().min(LONGEST_WISH));
    delivery.tries = delivery.tries.saturating_add(1);
    delivery.last_error = Some(bounded(error, MAX_ERROR).to_owned());
    if now.since(delivery.happening.at) >= give_up_after && delivery.tries > 1 {
        delivery.dead = Some(now);
    } else {
        delivery.due = now.after(pause);
    }
    delivery
}

/// The delivery after the receiver has taken it.
pub(crate) fn taken(mut delivery: Delivery, now: Timestamp) -> Delivery {
    delivery.tries = delivery.tries.saturating_add(1);
    (delivery.delivered, delivery.last_error, delivery.dead) = (Some(now), None, None);
    delivery
}

/// How a receiver does: one that can't be reached is tried with one delivery at a time, after growing rests, so that a
/// thousand events don't wait for a thousand time-outs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Rest {
    failures: u32,
    until: Timestamp,
}

impl Rest {
    /// The longest rest: a receiver that is back is noticed within this.
    const LONGEST: Duration = Duration::from_secs(60);

    /// It could not be reached, or said that it can't work.
    pub(crate) fn failed(&mut self, now: Timestamp) {
        let pause = Duration::from_secs(1 << self.failures.min(6)).min(Self::LONGEST);
        *self = Self { failures: self.failures.saturating_add(1), until: now.after(pause) };
    }

    /// It works; whether it did not before.
    pub(crate) fn worked(&mut self) -> bool {
        std::mem::take(self).failures > 0
    }

    /// How many deliveries may be tried now, of `most`.
    pub(crate) fn permits(&self, now: Timestamp, most: usize) -> usize {
        match self.failures {
            0 => most,
            _ if now >= self.until => 1,
            _ => 0,
        }
    }

    /// How long the rest still takes.
    pub(crate) fn left(&self, now: Timestamp) -> Duration {
        if self.failures == 0 { Duration::ZERO } else { self.until.since(now) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use limits::Happening;
    use proptest::prelude::*;

    const DAY: Duration = Duration::from_secs(86_400);

    fn delivery(tries: u32) -> Delivery {
        let happening = Happening::of_block(None, &testkit::samples::block("one", 0)).unwrap();
        Delivery { tries, ..Delivery::new("panel", happening) }
    }

    #[test]
    fn pauses_grow_and_are_spread() {
        let pause = |tries, chance| {
            failed(delivery(tries), "503", None, DAY, Timestamp(7), chance).due.since(Timestamp(7)).as_millis()
        };
        assert_eq!(
            [0, 1, 2, 3, 4, 5, 6, 99].map(|tries| pause(tries, 0) / 750),
            [5, 30, 120, 600, 1800, 3600, 7200, 7200]
        );
        assert_eq!(pause(0, 255), 6250);
    }

    #[test]
    fn a_delivery_is_given_up_after_its_time_but_never_after_one_try() {
        let late = Timestamp(0).after(DAY);
        let over = |tries| failed(delivery(tries), "503", None, DAY, late, 0).dead.is_some();
        assert_eq!([0, 1, 5].map(over), [false, true, true]);
        assert!(failed(delivery(5), "503", None, DAY, late.before(Duration::from_secs(1)), 0).dead.is_none());
    }

    #[test]
    fn a_receivers_wish_is_heard_within_bounds() {
        let due =
            |wish| failed(delivery(0), "429", Some(Duration::from_secs(wish)), DAY, Timestamp(0), 0).due.as_secs();
        assert_eq!([0, 90, 999_999].map(due), [3, 90, 7200]);
    }

    #[test]
    fn a_receiver_that_fails_rests_and_is_tried_with_one() {
        let mut rest = Rest::default();
        assert_eq!(rest.permits(Timestamp(0), 8), 8);
        rest.failed(Timestamp(0));
        assert_eq!((rest.permits(Timestamp(999), 8), rest.permits(Timestamp(1000), 8)), (0, 1));
        (0..20).for_each(|_| rest.failed(Timestamp(0)));
        assert_eq!(rest.left(Timestamp(0)), Rest::LONGEST);
        assert!(rest.worked() && !rest.worked());
        assert_eq!(rest.permits(Timestamp(0), 8), 8);
    }

    proptest! {
        #[test]
        fn a_failure_moves_a_delivery_on_or_ends_it(tries: u32, chance: u8, at in 0i64..1 << 50, wish in prop::option::of(0u64..u64::MAX)) {
            let after = failed(delivery(tries), "x", wish.map(Duration::from_secs), DAY, Timestamp(at), chance);
            prop_assert!(after.dead.is_some() || after.due > Timestamp(at));
        }
    }
}
