//! Who was told what the store does not know yet.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use customers::Address;
use limits::AlertJob;

use crate::crowd::Key;

/// Who has got a letter whose mark is not on disk yet. Ends with the process.
#[derive(Default)]
pub(super) struct Told(Mutex<HashMap<Key, Vec<Address>>>);

impl Told {
    pub(super) fn of(&self, letter: &AlertJob) -> Vec<Address> {
        self.lock().get(&key(letter)).cloned().unwrap_or_default()
    }

    pub(super) fn note(&self, letter: &AlertJob, accepted: &[Address]) {
        if !accepted.is_empty() {
            self.lock().entry(key(letter)).or_default().extend_from_slice(accepted);
        }
    }

    /// The store knows.
    pub(super) fn forget(&self, letter: &AlertJob) {
        self.lock().remove(&key(letter));
    }

    /// A map is never left half changed.
    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Vec<Address>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(letter: &AlertJob) -> Key {
    (letter.about.clone(), letter.number)
}
