//! Whether one way of enforcing works: a failure is told once for each run, its end once.

use std::sync::Arc;

use model::{Event, EventSink};

/// What is done while enforcement fails: SMTP refuses whom it should all the same.
const POLICY: &str = "smtp_refusal";

/// The health of one part.
pub(crate) struct Health {
    part: &'static str,
    events: Arc<dyn EventSink>,
    failing: bool,
}

impl Health {
    pub(crate) fn new(part: &'static str, events: Arc<dyn EventSink>) -> Self {
        Self { part, events, failing: false }
    }

    pub(crate) fn fails(&mut self, error: &str) {
        self.failing = true;
        self.events.emit(&Event::Degraded { part: self.part, policy: POLICY, error });
    }

    pub(crate) fn works(&mut self) {
        if std::mem::take(&mut self.failing) {
            self.events.emit(&Event::Recovered { part: self.part });
        }
    }

    pub(crate) fn is_failing(&self) -> bool {
        self.failing
    }

    pub(crate) fn repaired(&self, repair: &'static str, count: u64) {
        self.events.emit(&Event::Repaired { part: self.part, repair, count });
    }
}
