//! Whether the directory is asked: after a failure it is left alone for a while. Pure.

use std::time::Duration;

use model::Timestamp;

/// How the directory does.
#[derive(Debug, Default)]
pub(crate) struct Rest {
    failing: bool,
    until: Timestamp,
}

impl Rest {
    pub(crate) fn may_ask(&self, now: Timestamp) -> bool {
        !self.failing || now >= self.until
    }

    /// It has answered; whether it had not before.
    pub(crate) fn worked(&mut self) -> bool {
        std::mem::take(&mut self.failing)
    }

    pub(crate) fn failed(&mut self, now: Timestamp, pause: Duration) {
        (self.failing, self.until) = (true, now.after(pause));
    }
}
