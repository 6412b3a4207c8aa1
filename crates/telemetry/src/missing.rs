//! The MTA does not send what identity needs: said once an hour, counted each time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use model::{Clock, Timestamp, Via};
use prometheus::{IntCounterVec, Registry, Result};

use crate::families::counters;

/// A warning is repeated after this long.
const EVERY: Duration = Duration::from_secs(3600);

/// What can be missing, shown as 0 from the start: a counter that begins with its first event hides it from `increase`.
const FAMILIAR: [(Via, &str); 3] =
    [(Via::Milter, "{client_addr}"), (Via::Milter, "{auth_authen}"), (Via::Proxy, "the login")];

/// Takes note of missing identities.
pub(crate) struct Watch {
    clock: Arc<dyn Clock>,
    missing: IntCounterVec,
    told: Mutex<HashMap<(Via, &'static str), Told>>,
}

struct Told {
    at: Timestamp,
    since_then: u64,
}

impl Watch {
    pub(crate) fn new(registry: &Registry, clock: Arc<dyn Clock>) -> Result<Self> {
        let help = "Sessions in which the MTA did not send what identity needs, by door and what was missing.";
        let missing = counters(registry, "portreeve_missing_identity_total", help, &["via", "missing"])?;
        for (via, what) in FAMILIAR {
            missing.with_label_values(&[via.as_str(), what]);
        }
        Ok(Self { clock, missing, told: Mutex::default() })
    }

    pub(crate) fn note(&self, via: Via, missing: &'static str) {
        self.missing.with_label_values(&[via.as_str(), short(missing)]).inc();
        if let Some(times) = self.due(via, missing) {
            tracing::warn!(via = via.as_str(), missing, times, "the MTA does not send what identity needs");
        }
    }

    /// How often it happened since the last warning, when a warning is due.
    fn due(&self, via: Via, missing: &'static str) -> Option<u64> {
        let at = self.clock.now();
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(last) = told.get_mut(&(via, missing)) else {
            told.insert((via, missing), Told { at, since_then: 0 });
            return Some(1);
        };
        last.since_then = last.since_then.saturating_add(1);
        if at.since(last.at) < EVERY {
            return None;
        }
        last.at = at;
        Some(std::mem::take(&mut last.since_then))
    }
}

/// The macro or header alone; the rest of the text tells how to send it.
fn short(missing: &'static str) -> &'static str {
    missing.split(':').next().unwrap_or("unknown")
}
