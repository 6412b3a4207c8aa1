//! What was told of parts that fail and work again.

use std::sync::{Mutex, PoisonError};

use model::{Event, EventSink};

/// Keeps `PART POLICY: ERROR` of each failure and `PART works` of each recovery; other events are left out.
#[derive(Debug, Default)]
pub struct Told(Mutex<Vec<String>>);

impl Told {
    /// All of it so far.
    pub fn all(&self) -> Vec<String> {
        self.lines().clone()
    }

    /// What was told since the last call.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.lines())
    }

    fn lines(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl EventSink for Told {
    fn emit(&self, event: &Event<'_>) {
        let line = match event {
            Event::Degraded { part, policy, error } => format!("{part} {policy}: {error}"),
            Event::Recovered { part } => format!("{part} works"),
            _ => return,
        };
        self.lines().push(line);
    }
}
