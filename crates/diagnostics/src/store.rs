//! Where diagnoses are kept.

use limits::StoreError;
use model::Timestamp;

use crate::patient::Patient;
use crate::task::Task;

/// Diagnoses on disk. Each call is one transaction; none ever gets a password.
pub trait DiagnosisStore: Send + Sync {
    /// Keeps a new one, whatever number it has, and gives it the next.
    fn add_diagnosis(&self, task: &Task) -> Result<u64, StoreError>;
    /// Keeps one as it is now; one that was forgotten stays forgotten.
    fn put_diagnosis(&self, task: &Task) -> Result<(), StoreError>;
    /// One by its number.
    fn diagnosis(&self, id: u64) -> Result<Option<Task>, StoreError>;
    /// Latest first, of one patient or of all.
    fn diagnoses(&self, of: Option<&Patient>, limit: usize) -> Result<Vec<Task>, StoreError>;
    /// As [`Self::diagnoses`], those with a lower number.
    fn diagnoses_before(&self, number: u64, of: Option<&Patient>, limit: usize) -> Result<Vec<Task>, StoreError>;
    /// Those that are not over, by number.
    fn unfinished_diagnoses(&self) -> Result<Vec<Task>, StoreError>;
    /// Forgets those that were asked for before.
    fn prune_diagnoses(&self, before: Timestamp) -> Result<(), StoreError>;
}
