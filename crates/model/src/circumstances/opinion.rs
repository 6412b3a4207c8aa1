//! What another scanner says of a message.

use crate::names::bounded;

/// One scanner's opinion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opinion {
    /// The scanner, as the configuration names it.
    pub scanner: &'static str,
    /// What it says.
    pub word: Word,
    /// The rules of its own that matched, the weightiest first: at most [`Opinion::MAX_SYMBOLS`].
    pub symbols: Vec<String>,
}

/// What a scanner says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// It has found nothing.
    Clean,
    /// It has found this, by its own name.
    Virus(String),
    /// Its score beside the score from which it takes a message for spam, both in hundredths.
    Rated {
        /// The score; negative for good mail.
        score: i32,
        /// The threshold, above zero.
        threshold: i32,
    },
    /// It has not answered, and the operator wants mail to wait until it does.
    Awaited,
}

impl Opinion {
    /// More symbols than this are not kept.
    pub const MAX_SYMBOLS: usize = 32;
    /// The longest name that is kept, in bytes.
    pub const MAX_NAME: usize = 80;

    /// Names within the bounds, empty ones left out.
    pub fn bounded<'n>(names: impl Iterator<Item = &'n str>) -> Vec<String> {
        let names = names.map(str::trim).filter(|name| !name.is_empty());
        names.take(Self::MAX_SYMBOLS).map(|name| bounded(name, Self::MAX_NAME).to_owned()).collect()
    }
}

impl Word {
    /// A find, its name bounded.
    pub fn virus(name: &str) -> Self {
        Self::Virus(bounded(name.trim(), Opinion::MAX_NAME).to_owned())
    }

    /// A score with its threshold; `None` when they are no numbers, or no message could ever stay below.
    pub fn rated(score: f64, threshold: f64) -> Option<Self> {
        // Casts saturate.
        let hundredths = |number: f64| (number * 100.0).round() as i32;
        let sane = score.is_finite() && threshold.is_finite() && hundredths(threshold) > 0;
        sane.then(|| Self::Rated { score: hundredths(score), threshold: hundredths(threshold) })
    }
}
