//! Who gets out of a block how: a seam, since the ledger knows no customers.

use std::fmt;
use std::sync::Arc;

use model::{SubjectKey, WayOut};

/// Tells how a subject gets out of a block that begins now.
#[derive(Clone)]
pub struct Exits(Arc<dyn Fn(&SubjectKey) -> WayOut + Send + Sync>);

impl Exits {
    /// Asks `way_out` for each block that begins: it must answer from memory.
    pub fn new(way_out: impl Fn(&SubjectKey) -> WayOut + Send + Sync + 'static) -> Self {
        Self(Arc::new(way_out))
    }

    pub(crate) fn of(&self, subject: &SubjectKey) -> WayOut {
        (self.0)(subject)
    }
}

/// Everybody waits for the time.
impl Default for Exits {
    fn default() -> Self {
        Self::new(|_| WayOut::Time)
    }
}

impl fmt::Debug for Exits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Exits")
    }
}
