//! The use case: admit a session, judge a message, decide what happens. The only place that knows the order.

mod admit;
mod allowance;
mod blocking;
mod decide;
mod desk;
mod fingerprints;
mod identity;
mod inquiry;
mod journal;
mod judge;
mod known;
mod lessons;
mod memory;
mod passage;
mod policy;
mod refusals;
pub mod reply;
mod seam;
mod tickets;

pub use allowance::{AllowanceRule, Allowances};
pub use blocking::Blocking;
pub use decide::{Standing, decide};
pub use desk::{CaseFile, Desk, DeskError};
pub use fingerprints::{FingerprintError, Fingerprints};
pub use identity::{DomainFrom, IdentitySettings, TrustedNetwork};
pub use inquiry::{Finding, Inquirer, Inquiring};
pub use journal::{Durably, Journal};
pub use judge::Reeve;
pub use known::Known;
pub use lessons::{LessonError, Lessons};
pub use policy::{Mode, NodeSettings, OnFailure, Policy};
pub use recall::{ConfirmedPrint, Prints};
pub use scoring::classifier::Correction;
pub use seam::{Admission, Admitting, Judge, Judges, Judging, Passage, Stage, judging};
pub use tickets::{TicketError, TicketFile, Tickets};
