//! Which of the configured next hops fail at the moment. A failure is told once, and so is its end.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::{Event, EventSink};

/// The part that fails, as events name it.
pub(super) const PART: &str = "next_hops";

/// How the next hops do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NextHops {
    /// How many are configured.
    pub count: usize,
    /// Those that could not be reached when they were tried last, with the reason.
    pub failing: Vec<(String, String)>,
}

/// Keeps it, and tells of it.
pub(crate) struct HopHealth {
    events: Arc<dyn EventSink>,
    count: usize,
    state: Mutex<State>,
}

/// It is told of a change while this is held, so that what is heard last is how it is.
#[derive(Default)]
struct State {
    failing: BTreeMap<String, String>,
    has_ended: bool,
}

impl HopHealth {
    pub(crate) fn new(events: Arc<dyn EventSink>, count: usize) -> Self {
        Self { events, count, state: Mutex::default() }
    }

    /// It could not be reached; `others` may take its place.
    pub(super) fn fails(&self, hop: &str, error: &str, others: bool) {
        let policy = if others { "another next hop" } else { "tempfail" };
        let mut state = self.state();
        if state.has_ended {
            return;
        }
        state.failing.insert(hop.to_owned(), error.to_owned());
        self.events.emit(&Event::Degraded { part: PART, policy, error: &format!("{hop}: {error}") });
    }

    /// It was reached.
    pub(super) fn works(&self, hop: &str) {
        let mut state = self.state();
        if state.failing.remove(hop).is_some() && state.failing.is_empty() {
            self.events.emit(&Event::Recovered { part: PART });
        }
    }

    /// Whether that one could be reached when it was tried last, or was never tried.
    pub(super) fn is_well(&self, hop: &str) -> bool {
        !self.state().failing.contains_key(hop)
    }

    /// How all do.
    pub(crate) fn now(&self) -> NextHops {
        let failing = self.state().failing.iter().map(|(hop, error)| (hop.clone(), error.clone())).collect();
        NextHops { count: self.count, failing }
    }

    /// Others are configured now: nobody asks about these any more, though a session may still try them.
    pub(crate) fn end(&self) {
        let mut state = self.state();
        state.has_ended = true;
        if !std::mem::take(&mut state.failing).is_empty() {
            self.events.emit(&Event::Recovered { part: PART });
        }
    }

    /// Nothing panics while it is held.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for HopHealth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HopHealth").field("count", &self.count).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use testkit::Told;

    use super::*;

    #[test]
    fn it_has_recovered_when_the_last_of_them_works_again() {
        let told = Arc::new(Told::default());
        let health = HopHealth::new(Arc::clone(&told) as _, 2);
        health.works("a");
        health.fails("a", "refused", true);
        health.fails("b", "silent", false);
        assert_eq!(health.now().failing, [("a".into(), "refused".into()), ("b".into(), "silent".into())]);
        health.works("b");
        assert!(!health.is_well("a") && health.is_well("b"));
        health.works("a");
        health.works("a");
        let expected = ["next_hops another next hop: a: refused", "next_hops tempfail: b: silent", "next_hops works"];
        assert_eq!(told.take(), expected);
        health.fails("a", "refused", true);
        health.end();
        assert_eq!(told.take().last().map(String::as_str), Some("next_hops works"));
        health.fails("a", "a session of the old configuration still tries", false);
        assert_eq!((told.take(), health.now()), (Vec::new(), NextHops { count: 2, failing: Vec::new() }));
    }
}
