//! Labelled mail -> weights for the content classifier, and honest figures about them.
//!
//! Used by commands only, never by the daemon that serves. Everything is repeatable: the same mail and the same seed give the
//! same bytes. Mail is held in memory, some hundred megabytes for ten thousands of messages.

mod calibrate;
mod case;
mod fold;
mod mail;
mod quality;
mod random;
mod svm;
mod train;
mod written;

pub use case::{Case, cases, features_of};
pub use fold::folds;
pub use mail::{Mail, MailError, read_all};
pub use quality::{FALSE_ALARMS, Quality};
pub use train::{TrainError, train};
pub use written::written;
