//! The exemptions in force: kept in the store, read by the judge.
//!
//! Security: looked up by the subjects that a message is charged to, never by what it says of itself. See [`apply`].

mod apply;
mod pardons;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use customers::exemption::{Exempt, Exemption};
use customers::report::ReportStore;
use limits::StoreError;
use model::{Features, Identity, Score, SubjectKey, Timestamp};
use recall::Prints;

pub use pardons::{ExemptionError, Pardons};

/// The name that a credit has among the signals of a score.
pub const EXEMPT: &str = "exempt";

type BySubject = HashMap<SubjectKey, Vec<Active>>;

/// Exemptions, shared by every judge and outliving them.
#[derive(Default)]
pub struct Exemptions {
    active: ArcSwap<BySubject>,
    /// One change at a time: the table is replaced whole.
    turn: Mutex<()>,
}

/// One exemption, ready to be applied.
#[derive(Debug)]
struct Active {
    exemption: Exemption,
    /// Of a fingerprint's.
    prints: Option<Prints>,
}

impl Exemptions {
    /// Reads what the store holds, and puts it in force. Blocks the thread on the store.
    ///
    /// # Errors
    /// When the store fails; what was in force stays.
    pub fn refresh(&self, store: &dyn ReportStore, now: Timestamp) -> Result<(), StoreError> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let mut active = BySubject::new();
        for exemption in store.exemptions()?.into_iter().filter(|exemption| exemption.until > now) {
            let prints = match &exemption.what {
                Exempt::Fingerprint { prints, .. } => Prints::from_hex(prints),
                _ => None,
            };
            active.entry(exemption.subject.clone()).or_default().push(Active { exemption, prints });
        }
        self.active.store(Arc::new(active));
        Ok(())
    }

    /// How many are in force.
    pub fn len(&self) -> usize {
        self.active.load().values().map(Vec::len).sum()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.active.load().is_empty()
    }

    /// How many a subject has.
    pub(crate) fn of(&self, subject: &SubjectKey) -> usize {
        self.active.load().get(subject).map_or(0, Vec::len)
    }

    /// The score with what is exempt for the message's subjects taken away, each as a hit of its own. Without any exemption
    /// this is one load.
    pub(crate) fn apply(&self, score: Score, features: &Features, identity: &Identity, at: Timestamp) -> Score {
        let active = self.active.load();
        if active.is_empty() {
            return score;
        }
        let subjects: Vec<_> = identity.subjects().collect();
        let of_subjects = subjects.iter().filter_map(|subject| active.get(subject)).flatten();
        let holding: Vec<_> = of_subjects.filter(|active| active.exemption.holds(at)).collect();
        if holding.is_empty() { score } else { apply::credited(score, features, &holding) }
    }
}
