//! Whether the daemon is ready for mail, part by part.
//!
//! A part that works less well than it should is told and does not make the daemon unready: its declared policy says
//! what happens to mail meanwhile. Only a part that was registered as fatal does, when it is down.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use console::{Remark, health};
use model::{Clock, Timestamp};
use serde::{Deserialize, Serialize};

/// How well a part works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// As it should.
    Working,
    /// Less well, and mail goes on.
    Degraded,
    /// Not at all.
    Down,
}

/// What a probe says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartState {
    condition: Condition,
    remarks: Vec<Remark>,
    since: Option<Timestamp>,
}

impl PartState {
    /// The part works; the remarks say what it does.
    pub fn working(remarks: impl IntoIterator<Item = Remark>) -> Self {
        Self { condition: Condition::Working, remarks: remarks.into_iter().collect(), since: None }
    }

    /// The part works less well; the remarks say what that means for mail.
    pub fn degraded(remarks: impl IntoIterator<Item = Remark>) -> Self {
        Self { condition: Condition::Degraded, remarks: remarks.into_iter().collect(), since: None }
    }

    /// The part doesn't work; the remarks say why.
    pub fn down(remarks: impl IntoIterator<Item = Remark>) -> Self {
        Self { condition: Condition::Down, remarks: remarks.into_iter().collect(), since: None }
    }

    /// Since when, where the part knows. Otherwise it is when a report first said so, or when the part was registered.
    #[must_use]
    pub fn since(self, time: Timestamp) -> Self {
        Self { since: Some(time), ..self }
    }
}

/// Every part, and whether all of it adds up to ready.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Whether mail should be sent here.
    pub ready: bool,
    /// The parts, in the order of their registration.
    pub parts: Vec<PartReport>,
}

/// One part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartReport {
    /// Its name.
    pub part: String,
    /// How well it works.
    pub state: Condition,
    /// Since when, RFC 3339.
    pub since: String,
    /// What that means, in English.
    pub sentence: String,
    /// The same, for whoever has words of his own for it.
    #[serde(skip)]
    pub remarks: Vec<Remark>,
    /// Whether the daemon is not ready when it is down.
    pub fatal: bool,
}

/// What fails at the moment, by name.
type Failing = dyn Fn() -> Vec<(&'static str, PartState)> + Send + Sync;

struct Probe {
    part: &'static str,
    fatal: bool,
    check: Box<dyn Fn() -> PartState + Send + Sync>,
}

/// The parts to ask. Filled at start.
pub struct Readiness {
    clock: Arc<dyn Clock>,
    probes: Vec<Probe>,
    /// What fails, whether it has a part of its own or not.
    failing: Box<Failing>,
    seen: Mutex<HashMap<&'static str, (Condition, Timestamp)>>,
    draining: AtomicBool,
}

impl Readiness {
    /// Nothing to ask yet: ready.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let (seen, draining) = (Mutex::default(), AtomicBool::new(false));
        Self { clock, probes: Vec::new(), failing: Box::new(Vec::new), seen, draining }
    }

    /// Registers a part. `check` only looks at what is known already: it runs in the server and must not block.
    pub fn probe(
        &mut self,
        part: &'static str,
        fatal: bool,
        check: impl Fn() -> PartState + Send + Sync + 'static,
    ) -> &mut Self {
        self.probes.push(Probe { part, fatal, check: Box::new(check) });
        self.first_seen(part, Condition::Working);
        self
    }

    /// What is told of besides the parts, while it fails: nothing that metrics and log speak of is missing here.
    pub fn tell_failing(&mut self, failing: impl Fn() -> Vec<(&'static str, PartState)> + Send + Sync + 'static) {
        self.failing = Box::new(failing);
    }

    /// From now on the daemon is not ready: it finishes what it has and takes nothing new.
    pub fn start_draining(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Asks every part.
    pub fn report(&self) -> Report {
        let mut parts: Vec<_> = self.probes.iter().map(|probe| self.ask(probe)).collect();
        let known = |part: &str| self.probes.iter().any(|probe| probe.part == part);
        let others = (self.failing)().into_iter().filter(|(part, _)| !known(part));
        parts.extend(others.map(|(part, state)| self.told(part, false, state)));
        if self.draining.load(Ordering::Relaxed) {
            parts.push(self.told("daemon", true, PartState::down([Remark::Stopping])));
        }
        let ready = !parts.iter().any(|part| part.fatal && part.state == Condition::Down);
        Report { ready, parts }
    }

    fn ask(&self, probe: &Probe) -> PartReport {
        self.told(probe.part, probe.fatal, (probe.check)())
    }

    fn told(&self, part: &'static str, fatal: bool, told: PartState) -> PartReport {
        let since = told.since.unwrap_or_else(|| self.first_seen(part, told.condition));
        PartReport {
            part: part.to_owned(),
            state: told.condition,
            since: since.to_string(),
            sentence: health::in_english(&told.remarks),
            remarks: told.remarks,
            fatal,
        }
    }

    fn first_seen(&self, part: &'static str, condition: Condition) -> Timestamp {
        let now = self.clock.now();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = seen.entry(part).or_insert((condition, now));
        if entry.0 != condition {
            *entry = (condition, now);
        }
        entry.1
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use model::time::ManualClock;

    use super::*;

    fn said(word: &str) -> [Remark; 1] {
        [Remark::Failed(word.into())]
    }

    fn readiness(fatal: bool) -> (Readiness, ManualClock, Arc<Mutex<PartState>>) {
        let clock = ManualClock::at(Timestamp::from_secs(1_700_000_000));
        let state = Arc::new(Mutex::new(PartState::working(said("Writes."))));
        let shown = Arc::clone(&state);
        let mut readiness = Readiness::new(Arc::new(clock.clone()));
        readiness.probe("store", fatal, move || shown.lock().unwrap().clone());
        (readiness, clock, state)
    }

    #[test]
    fn only_a_fatal_part_that_is_down_makes_it_unready() {
        for (fatal, state, ready) in [
            (true, PartState::degraded(said("Slow.")), true),
            (true, PartState::down(said("Full.")), false),
            (false, PartState::down(said("Full.")), true),
        ] {
            let (readiness, _, shown) = readiness(fatal);
            assert!(readiness.report().ready);
            *shown.lock().unwrap() = state;
            assert_eq!(readiness.report().ready, ready);
        }
    }

    #[test]
    fn since_is_when_the_state_was_first_seen_or_what_the_part_says() {
        let (readiness, clock, shown) = readiness(false);
        let since = || readiness.report().parts[0].since.clone();
        assert_eq!(since(), "2023-11-14T22:13:20Z");
        clock.advance(Duration::from_secs(60));
        assert_eq!(since(), "2023-11-14T22:13:20Z");
        *shown.lock().unwrap() = PartState::down(said("Full."));
        assert_eq!(since(), "2023-11-14T22:14:20Z");
        *shown.lock().unwrap() = PartState::down(said("Full.")).since(Timestamp::from_secs(0));
        assert_eq!(since(), "1970-01-01T00:00:00Z");
    }

    #[test]
    fn a_part_works_since_it_began_and_not_since_somebody_looked() {
        let (readiness, clock, _) = readiness(false);
        clock.advance(Duration::from_secs(3600));
        assert_eq!(readiness.report().parts[0].since, "2023-11-14T22:13:20Z");
    }

    #[test]
    fn what_fails_without_a_part_of_its_own_is_told_while_it_fails() {
        let (mut readiness, ..) = readiness(false);
        let failing = Arc::new(Mutex::new(vec![
            ("store", PartState::degraded(said("No."))),
            ("journal", PartState::degraded(said("Full."))),
        ]));
        let told = Arc::clone(&failing);
        readiness.tell_failing(move || told.lock().unwrap().clone());
        let report = readiness.report();
        let parts: Vec<_> = report.parts.iter().map(|part| (part.part.as_str(), part.sentence.as_str())).collect();
        assert_eq!(parts, [("store", "Writes."), ("journal", "Full.")]);
        assert!(report.ready);
        failing.lock().unwrap().clear();
        assert_eq!(readiness.report().parts.len(), 1);
    }

    #[test]
    fn a_daemon_that_drains_is_not_ready() {
        let (readiness, ..) = readiness(false);
        readiness.start_draining();
        let report = readiness.report();
        assert!(!report.ready);
        assert_eq!(report.parts[1].part, "daemon");
    }
}
