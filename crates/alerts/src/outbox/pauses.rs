//! How long a reader's letters wait after one of them has failed.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use model::Timestamp;

use crate::crowd::Reader;
use crate::retry::pause;

/// How often a reader's letter has failed, and when it is tried again. Ends with the process: then it is tried at once.
#[derive(Default)]
pub(super) struct Pauses(Mutex<HashMap<Reader, (u32, Timestamp)>>);

impl Pauses {
    pub(super) fn until(&self, reader: &Reader) -> Option<Timestamp> {
        self.lock().get(reader).map(|(_, until)| *until)
    }

    pub(super) fn worked(&self, reader: &Reader) {
        self.lock().remove(reader);
    }

    pub(super) fn failed(&self, reader: &Reader, now: Timestamp) {
        let mut pauses = self.lock();
        let (tries, until) = pauses.entry(reader.clone()).or_insert((0, now));
        *until = now.after(pause(*tries));
        *tries += 1;
    }

    /// A map is never left half changed.
    fn lock(&self) -> MutexGuard<'_, HashMap<Reader, (u32, Timestamp)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
