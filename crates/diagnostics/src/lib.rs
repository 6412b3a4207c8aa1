//! What is wrong with an account, an address or a domain, found out in a task of at most minutes.
//!
//! A check is a file with one function and a row in [`table`]. Checks run side by side, each within its own time, all within the
//! budget of the task; one that fails or hangs costs its own finding and no other.
//!
//! Security: a password comes from whoever asks, is held by the running task alone, zeroised with it, and never written. Names come
//! from whoever asks too: exchangers at loopback and private addresses are not connected to unless the operator says so.

mod case;
mod checks;
mod diagnoses;
mod finding;
mod language;
mod mailbox;
mod outcome;
mod patient;
mod pattern;
mod reach;
mod report;
mod run;
mod secret;
mod server;
mod settings;
mod smtp;
mod store;
mod summary;
mod table;
mod tally;
mod task;
mod text;
mod ticket;
mod tls;

pub use case::{Locks, Owners, Tools};
pub use diagnoses::{Diagnoses, DiagnosisError};
pub use finding::{Cause, Check, Finding, Outcome};
pub use language::told;
pub use patient::Patient;
pub use pattern::HostPattern;
pub use report::Report;
pub use secret::{Password, PasswordError, reveal_to_daemon};
pub use server::Server;
pub use settings::{DiagnosisSettings, Encryption};
pub use store::DiagnosisStore;
pub use summary::Summary;
pub use table::{Row, rows};
pub use tally::DiagnosisFigures;
pub use task::{State, Task};
pub use tls::Trust;
