//! What is wrong with an account, an address or a domain, found out in a task of at most minutes.
//!
//! A check is a file with one function and a row in [`table`]. Checks run side by side, each within its own time, all within the
//! budget of the task; one that fails or hangs costs its own finding and no other.
//!
//! Security: names come from whoever asks, so look-ups are bounded in number and time like all others.

mod case;
mod checks;
mod diagnoses;
mod finding;
mod patient;
mod pattern;
mod report;
mod run;
mod settings;
mod store;
mod summary;
mod table;
mod task;

pub use case::{Locks, Owners, Tools};
pub use diagnoses::{Diagnoses, DiagnosisError};
pub use finding::{Cause, Check, Finding, Outcome};
pub use patient::Patient;
pub use pattern::HostPattern;
pub use report::Report;
pub use settings::DiagnosisSettings;
pub use store::DiagnosisStore;
pub use summary::Summary;
pub use table::{Row, rows};
pub use task::{State, Task};
