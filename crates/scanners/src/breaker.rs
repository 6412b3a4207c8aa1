//! The circuit breaker: a scanner that keeps failing is left alone, then tried with one message. Pure.

use std::time::Duration;

use model::Timestamp;

/// Whether a scanner is asked.
#[derive(Debug)]
pub(crate) struct Breaker {
    most: u32,
    pause: Duration,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// It is asked; so many failures in a row.
    Closed(u32),
    /// It is left alone until then; after that one message may ask, which puts the time off again.
    Open(Timestamp),
}

impl Breaker {
    /// Closed. It opens after `most` failures in a row, for `pause`.
    pub(crate) fn new(most: u32, pause: Duration) -> Self {
        Self { most, pause, state: State::Closed(0) }
    }

    /// Whether this message may ask. A probe that never reports back is not waited for longer than the pause.
    pub(crate) fn may_ask(&mut self, now: Timestamp) -> bool {
        match self.state {
            State::Closed(_) => true,
            State::Open(until) if now >= until => {
                self.state = State::Open(now.after(self.pause));
                true
            }
            State::Open(_) => false,
        }
    }

    /// It has answered.
    pub(crate) fn worked(&mut self) {
        self.state = State::Closed(0);
    }

    /// It has not.
    pub(crate) fn failed(&mut self, now: Timestamp) {
        self.state = match self.state {
            State::Closed(failures) if failures.saturating_add(1) < self.most => State::Closed(failures + 1),
            State::Closed(_) => State::Open(now.after(self.pause)),
            // Stragglers of before it opened don't put the probe off.
            State::Open(until) => State::Open(until),
        };
    }

    /// Whether it is left alone.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.state, State::Open(_))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PAUSE: Duration = Duration::from_secs(30);

    #[test]
    fn it_opens_probes_and_closes() {
        let (mut breaker, mut now) = (Breaker::new(3, PAUSE), Timestamp::from_secs(0));
        for _ in 0..2 {
            breaker.failed(now);
        }
        breaker.worked();
        for _ in 0..3 {
            assert!(breaker.may_ask(now), "a success in between counts anew");
            breaker.failed(now);
        }
        assert!(!breaker.may_ask(now));
        now = now.after(PAUSE);
        assert_eq!([breaker.may_ask(now), breaker.may_ask(now)], [true, false], "one probe");
        breaker.failed(now);
        now = now.after(PAUSE);
        assert!(breaker.may_ask(now));
        breaker.worked();
        assert!(breaker.may_ask(now) && breaker.may_ask(now));
    }

    #[derive(Debug, Clone, Copy)]
    enum Step {
        Ask,
        Work,
        Fail,
        Wait(u64),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => Just(Step::Ask),
            1 => Just(Step::Work),
            4 => Just(Step::Fail),
            2 => (0u64..40_000).prop_map(Step::Wait),
        ]
    }

    proptest! {
        /// While a scanner has failed `most` times in a row it is asked at most once in each pause; else always.
        #[test]
        fn a_failing_scanner_is_asked_at_most_once_a_pause(most in 1u32..6, steps in proptest::collection::vec(step(), 1..200)) {
            let (mut breaker, mut now) = (Breaker::new(most, PAUSE), Timestamp::from_secs(1));
            let (mut in_a_row, mut last) = (0, Timestamp::from_secs(0));
            for step in steps {
                match step {
                    Step::Wait(millis) => now = now.after(Duration::from_millis(millis)),
                    Step::Work => { breaker.worked(); in_a_row = 0; }
                    Step::Fail => {
                        breaker.failed(now);
                        in_a_row += 1;
                        if in_a_row == most { last = now; }
                    }
                    Step::Ask => {
                        let expected = in_a_row < most || now.since(last) >= PAUSE;
                        prop_assert_eq!(breaker.may_ask(now), expected);
                        if expected && in_a_row >= most { last = now; }
                    }
                }
                prop_assert_eq!(breaker.is_open(), in_a_row >= most);
            }
        }
    }
}
