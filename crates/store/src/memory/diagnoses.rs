//! Diagnoses in memory.

use std::collections::BTreeMap;

use diagnostics::{DiagnosisStore, Patient, Task};
use model::Timestamp;

use super::{MemoryStore, Result};

/// All of them, by number.
#[derive(Default)]
pub(super) struct Shelf {
    tasks: BTreeMap<u64, Task>,
    /// The number of the latest.
    last: u64,
}

impl DiagnosisStore for MemoryStore {
    fn add_diagnosis(&self, task: &Task) -> Result<u64> {
        let shelf = &mut self.state().diagnoses;
        shelf.last += 1;
        let id = shelf.last;
        shelf.tasks.insert(id, Task { id, ..task.clone() });
        Ok(id)
    }

    fn put_diagnosis(&self, task: &Task) -> Result<()> {
        if let Some(kept) = self.state().diagnoses.tasks.get_mut(&task.id) {
            *kept = task.clone();
        }
        Ok(())
    }

    fn diagnosis(&self, id: u64) -> Result<Option<Task>> {
        Ok(self.state().diagnoses.tasks.get(&id).cloned())
    }

    fn diagnoses(&self, of: Option<&Patient>, limit: usize) -> Result<Vec<Task>> {
        self.diagnoses_before(u64::MAX, of, limit)
    }

    fn diagnoses_before(&self, number: u64, of: Option<&Patient>, limit: usize) -> Result<Vec<Task>> {
        let state = self.state();
        let older = state.diagnoses.tasks.range(..number).map(|(_, task)| task);
        let chosen = older.rev().filter(|task| of.is_none_or(|patient| task.patient == *patient));
        Ok(chosen.take(limit).cloned().collect())
    }

    fn unfinished_diagnoses(&self) -> Result<Vec<Task>> {
        Ok(self.state().diagnoses.tasks.values().filter(|task| !task.state.is_over()).cloned().collect())
    }

    fn prune_diagnoses(&self, before: Timestamp) -> Result<()> {
        self.state().diagnoses.tasks.retain(|_, task| !task.state.is_over() || task.created >= before);
        Ok(())
    }
}
