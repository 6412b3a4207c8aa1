//! What is known of a message beyond its own bytes: what DNS says of its names, what was seen before, what other
//! scanners think.
//!
//! Filled by the pipeline after extraction and before scoring. What nobody asked, or what came too late, stays at its
//! default and gives no points: the verdict is sensible without any of it.

mod authentication;
mod dns;
mod habits;
mod opinion;
mod sameness;

pub use authentication::{AuthenticationFacts, BrokenSignature, DmarcFailure, DmarcPolicy, SpfDenial};
pub use dns::{Asked, DnsFacts, Listed, Listing};
pub use habits::{Change, HabitFacts, Past, Traffic};
pub use opinion::{Opinion, Word};
pub use sameness::{Confirmation, Copies, SamenessFacts};

/// Everything known beyond the message.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Circumstances {
    /// What DNS says of the message's names and addresses.
    pub dns: DnsFacts,
    /// How often nearly the same was seen lately, and from whom.
    pub sameness: SamenessFacts,
    /// The message against its sender's own past.
    pub habits: HabitFacts,
    /// What other scanners say.
    pub opinions: Vec<Opinion>,
}

impl Circumstances {
    /// Whether mail waits for a scanner that has not answered.
    pub fn is_awaited(&self) -> bool {
        self.opinions.iter().any(|opinion| opinion.word == Word::Awaited)
    }
}
