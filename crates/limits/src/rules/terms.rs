//! What the owner of a subject has of his own: a seam, since the ledger knows no customers.

use std::fmt;
use std::sync::Arc;

use model::{SubjectKey, WayOut};

/// What a block needs to know of whoever owns its subject.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AtBlock {
    /// How the subject gets out.
    pub way_out: WayOut,
    /// Who owns it, by the name of his service; `None` when nobody is known to.
    pub owner: Option<String>,
    /// How many steps of the ladder end by themselves for him, if not `blocks.automatic_releases`.
    pub automatic_releases: Option<u32>,
    /// Whether whoever knows owners has not said yet who this one's is: then the rest is as if nobody owned it.
    pub awaited: bool,
}

/// Knows owners. It is asked while a message waits, so it must answer from memory.
pub trait OwnTerms: Send + Sync {
    /// What is known for a block that begins now, all at one time.
    fn at_block(&self, subject: &SubjectKey) -> AtBlock;

    /// The owner's limit for a rule instead of the rule's; 0 switches the rule off for him.
    fn limit(&self, _subject: &SubjectKey, _rule: &str) -> Option<u64> {
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

    pub(crate) fn at_block(&self, subject: &SubjectKey) -> AtBlock {
        self.0.at_block(subject)
    }

    pub(crate) fn limit(&self, subject: &SubjectKey, rule: &str) -> Option<u64> {
        self.0.limit(subject, rule)
    }
}

struct ByWayOut<F>(F);

impl<F: Fn(&SubjectKey) -> WayOut + Send + Sync> OwnTerms for ByWayOut<F> {
    fn at_block(&self, subject: &SubjectKey) -> AtBlock {
        AtBlock { way_out: (self.0)(subject), ..AtBlock::default() }
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
