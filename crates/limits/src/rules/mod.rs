//! The operator's rules: what is counted, when it trips, how fast one may send, how blocks run.

mod blocks;
mod check;
mod names;
mod overrides;
mod rate;
mod sessions;
mod terms;
mod trip;

pub use blocks::BlockSettings;
pub use check::check;
pub(crate) use names::NameSet;
pub use overrides::OverrideRule;
pub use rate::{RateCounter, RateRule};
pub use sessions::Sessions;
pub use terms::{AtBlock, OwnTerms, Terms};
pub use trip::{TripAction, TripRule};

/// All the rules of one configuration, as they were read.
#[derive(Debug, Clone)]
pub struct Rules {
    /// `[[trip]]`.
    pub trips: Vec<TripRule>,
    /// `[[rate]]`.
    pub rates: Vec<RateRule>,
    /// `[[override]]`.
    pub overrides: Vec<OverrideRule>,
    /// `[blocks]`.
    pub blocks: BlockSettings,
    /// Whether nothing is refused: blocks that trip meanwhile are marked.
    pub monitor: bool,
    /// What owners have of their own.
    pub terms: Terms,
}

/// The rules of an empty configuration.
impl Default for Rules {
    fn default() -> Self {
        Self {
            trips: TripRule::defaults(),
            rates: RateRule::defaults(),
            overrides: Vec::new(),
            blocks: BlockSettings::default(),
            monitor: false,
            terms: Terms::default(),
        }
    }
}
