//! Features -> Score: what was seen in a message becomes points with a sentence each.
//!
//! Everything here is synchronous and pure: no I/O, no clock, and no idea what a score leads to. A score is the sum of the
//! signals of [`table::TABLE`]; each signal is one file in `scorers/`, one row of the table, and one case file in
//! `tests/signals/`. Being logged in earns nothing: stolen logins are why this program exists.

mod borrowed;
mod caps;
pub mod classifier;
mod engine;
mod finder;
mod fold;
mod home;
mod lexicon;
mod lookalike;
mod phrases;
mod reading;
mod redirectors;
pub mod rules;
mod scorers;
mod seen;
mod settings;
pub mod table;
mod tokens;

pub use engine::{Engine, MAX_HITS, MAX_WHY, settled};
pub use lexicon::Lexicon;
pub use reading::Reading;
pub use rules::{RuleBook, RuleRow};
pub use seen::Seen;
pub use settings::ScoreSettings;

use model::SignalName;

/// Looks for one signal.
pub trait Scorer: Send + Sync {
    /// The signal, a row of [`table::TABLE`].
    fn name(&self) -> SignalName;
    /// What was seen of it, if anything.
    fn observe(&self, message: &Reading<'_>) -> Option<Seen>;
}
