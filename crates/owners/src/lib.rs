//! The provider's own directory of customers, asked over HTTP about what neither the file nor the store knows.
//!
//! Messages never wait for it: they get what it has said before, and what is new or old is asked beside them. While it can't
//! be asked, what it said last holds for a declared time. How much is kept, how much waits and how much of an answer is read
//! have bounds; an answer says nothing about anything but the subject that was asked about.

mod cache;
mod error;
mod line;
mod provider;
mod rest;
mod settings;
mod totals;

pub use error::AskError;
pub use provider::Provider;
pub use settings::DirectorySettings;
pub use totals::Figures;
