//! What the owner of a subject has of his own: a seam, since the ledger knows no customers.

use std::fmt;
use std::sync::Arc;

use model::{SubjectKey, WayOut};

/// Knows owners. It is asked while a message waits, so it must answer from memory.
pub trait OwnTerms: Send + Sync {
    /// How the subject gets out of a block that begins now.
    fn way_out(&self, subject: &SubjectKey) -> WayOut;

    /// Who owns the subject, by the name of his service; `None` when nobody is known to.
    fn owner(&self, _subject: &SubjectKey) -> Option<String> {
        None
    }

    /// The owner's limit for a rule instead of the rule's; 0 switches the rule off for him.
    fn limit(&self, _subject: &SubjectKey, _rule: &str) -> Option<u64> {
        None
    }

    /// How many steps of the ladder end by themselves for him, instead of `blocks.automatic_releases`.
    fn automatic_releases(&self, _subject: &SubjectKey) -> Option<u32> {
        None
    }
}

/// Whom the ledger asks for owners' terms.
#[derive(Clone)]
pub struct Terms(Arc<dyn OwnTerms>);

impl Terms {
    /// Asks this.
    pub fn new(terms: impl OwnTerms + 'static) -> Self {
        Self(Arc::new(terms))
    }

    /// Owners who differ in their way out only.
    pub fn by_way_out(way_out: impl Fn(&SubjectKey) -> WayOut + Send + Sync + 'static) -> Self {
        Self::new(ByWayOut(way_out))
    }

    pub(crate) fn way_out(&self, subject: &SubjectKey) -> WayOut {
        self.0.way_out(subject)
    }

    pub(crate) fn owner(&self, subject: &SubjectKey) -> Option<String> {
        self.0.owner(subject)
    }

    pub(crate) fn limit(&self, subject: &SubjectKey, rule: &str) -> Option<u64> {
        self.0.limit(subject, rule)
    }

    pub(crate) fn automatic_releases(&self, subject: &SubjectKey) -> Option<u32> {
        self.0.automatic_releases(subject)
    }
}

struct ByWayOut<F>(F);

impl<F: Fn(&SubjectKey) -> WayOut + Send + Sync> OwnTerms for ByWayOut<F> {
    fn way_out(&self, subject: &SubjectKey) -> WayOut {
        (self.0)(subject)
    }
}

/// Everybody waits for the time.
impl Default for Terms {
    fn default() -> Self {
        Self::by_way_out(|_| WayOut::Time)
    }
}

impl fmt::Debug for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Terms")
    }
}
