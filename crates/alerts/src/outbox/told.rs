//! Who was told what the store does not know yet.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use customers::Address;

/// Who has got a letter that still waits, for another recipient or for its mark. Ends with the process.
#[derive(Default)]
pub(super) struct Told(Mutex<HashMap<(u64, u32), Vec<Address>>>);

impl Told {
    /// A map is never left half changed.
    pub(super) fn lock(&self) -> MutexGuard<'_, HashMap<(u64, u32), Vec<Address>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
