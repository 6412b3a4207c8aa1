//! Whether the configuration on disk is the one in force: a wrong one stays on disk until a restart finds it, and then nothing starts.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use admin::{PartState, Readiness};
use console::Remark;
use model::{Clock, Event, EventSink, Timestamp};
use telemetry::{MetricError, Telemetry};

/// Its name in readiness, metrics and log.
const PART: &str = "configuration";
/// What is done with a wrong one.
const POLICY: &str = "keep";

/// How the configuration was found when it was read last.
pub(crate) struct Loads {
    clock: Arc<dyn Clock>,
    events: Arc<dyn EventSink>,
    state: Mutex<State>,
}

struct State {
    good_at: Timestamp,
    mistake: Option<Mistake>,
}

struct Mistake {
    since: Timestamp,
    first: String,
}

impl Loads {
    /// The configuration that the daemon starts with is a good one.
    pub(crate) fn new(clock: Arc<dyn Clock>, events: Arc<dyn EventSink>) -> Self {
        let state = Mutex::new(State { good_at: clock.now(), mistake: None });
        Self { clock, events, state }
    }

    /// What was read is in force.
    pub(crate) fn good(&self) {
        *self.state() = State { good_at: self.clock.now(), mistake: None };
        self.events.emit(&Event::Recovered { part: PART });
    }

    /// What was read, or a part of it, is not in force. `first` is the first mistake; the log has them all.
    pub(crate) fn wrong(&self, first: &str) {
        let now = self.clock.now();
        let mut state = self.state();
        let since = state.mistake.as_ref().map_or(now, |mistake| mistake.since);
        state.mistake = Some(Mistake { since, first: first.to_owned() });
        drop(state);
        self.events.emit(&Event::Degraded { part: PART, policy: POLICY, error: first });
    }

    fn told(&self) -> PartState {
        match &self.state().mistake {
            None => PartState::working([Remark::LastReadInForce]),
            Some(mistake) => {
                PartState::degraded([Remark::Failed(mistake.first.clone()), Remark::FormerInForce]).since(mistake.since)
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What /readyz says.
pub(crate) fn probe(readiness: &mut Readiness, loads: &Arc<Loads>) {
    let loads = Arc::clone(loads);
    readiness.probe(PART, false, move || loads.told());
}

/// Figures, read at each scrape.
pub(crate) fn register(telemetry: &Telemetry, loads: &Arc<Loads>) -> Result<(), MetricError> {
    let help = "Whether the configuration, customers included, was right when it was read last (1) or not and an earlier one is in force (0).";
    let read = Arc::clone(loads);
    telemetry.register_gauge("portreeve_configuration_good", help, move || {
        f64::from(u8::from(read.state().mistake.is_none()))
    })?;
    let (help, read) = ("When a configuration was put in force last, in seconds since 1970.", Arc::clone(loads));
    telemetry.register_gauge("portreeve_configuration_good_timestamp_seconds", help, move || {
        read.state().good_at.as_secs() as f64
    })
}
