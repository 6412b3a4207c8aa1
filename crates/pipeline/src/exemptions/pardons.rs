//! What operators do with exemptions.

use std::sync::Arc;
use std::time::Duration;

use customers::exemption::{Exempt, Exemption};
use customers::report::ReportStore;
use limits::StoreError;
use model::{Clock, Score, SubjectKey};
use recall::Prints;

use super::{Exemptions, apply};
use crate::seam::Judges;

/// Why an exemption was not made.
#[derive(Debug, thiserror::Error)]
pub enum ExemptionError {
    /// There is no such signal, or it must not be exempt.
    #[error("{0}")]
    Signal(String),
    /// Not an address or domain.
    #[error("\"{0}\" is no sender: expected an address, or \"@\" and a domain")]
    Sender(String),
    /// The message can't be recognised.
    #[error("{0}")]
    NoPrint(recall::ConfirmRefused),
    /// Its links may lead elsewhere tomorrow.
    #[error(
        "the message links through a shortener, a redirection or a free host: anybody can change where they lead, so its \
         copies can't be told; exempt a rule or the sender"
    )]
    OpenLinks,
    /// Nothing would be taken away.
    #[error("there is nothing to be exempt: the message has no points")]
    Nothing,
    /// For too long, or for no time at all.
    #[error("an exemption lasts from 1 minute to {}", model::time::spoken(Exemption::LONGEST))]
    Length,
    /// Too many.
    #[error("{0} has {max} exemptions already: remove some", max = Exemption::MOST)]
    TooMany(SubjectKey),
    /// There is none of that number.
    #[error("there is no exemption {0}")]
    Unknown(u64),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What operators do with exemptions: list, add, remove. A change is on disk and in force when a call returns.
pub struct Pardons {
    store: Arc<dyn ReportStore>,
    active: Arc<Exemptions>,
    clock: Arc<dyn Clock>,
    judges: Arc<Judges>,
    wake: Box<dyn Fn() + Send + Sync>,
}

impl Pardons {
    /// Over the store; `judges` know the signals there are.
    pub fn new(
        store: Arc<dyn ReportStore>,
        active: Arc<Exemptions>,
        clock: Arc<dyn Clock>,
        judges: Arc<Judges>,
    ) -> Self {
        Self { store, active, clock, judges, wake: Box::new(|| {}) }
    }

    /// Calls `wake` when there is an event on disk to be told.
    #[must_use]
    pub fn waking(self, wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self { wake: Box::new(wake), ..self }
    }

    /// Those that have not ended, oldest first. Blocks the thread on the store.
    ///
    /// # Errors
    /// When the store fails.
    pub fn list(&self) -> Result<Vec<Exemption>, StoreError> {
        let now = self.clock.now();
        Ok(self.store.exemptions()?.into_iter().filter(|exemption| exemption.until > now).collect())
    }

    /// Makes one; its number is the store's to give, its beginning is now. Blocks the thread on the store.
    ///
    /// # Errors
    /// When it can't be meant, the subject has too many, or the store fails.
    pub fn add(&self, mut exemption: Exemption) -> Result<Exemption, ExemptionError> {
        exemption.since = self.clock.now();
        let others = self.of(&exemption.subject);
        self.check(&mut exemption, others)?;
        exemption.id = self.store.add_exemption(&exemption)?;
        (self.wake)();
        self.active.refresh(&*self.store, self.clock.now())?;
        Ok(exemption)
    }

    /// Ends one at once. Blocks the thread on the store.
    ///
    /// # Errors
    /// When there is none of that number, or the store fails.
    pub fn remove(&self, id: u64) -> Result<Exemption, ExemptionError> {
        let removed = self.store.remove_exemption(id, self.clock.now())?.ok_or(ExemptionError::Unknown(id))?;
        (self.wake)();
        self.active.refresh(&*self.store, self.clock.now())?;
        Ok(removed)
    }

    /// Puts the store's into force, as after a change by somebody else.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn refresh(&self) -> Result<(), StoreError> {
        self.active.refresh(&*self.store, self.clock.now())
    }

    /// How many a subject has in force.
    pub(crate) fn of(&self, subject: &SubjectKey) -> usize {
        self.active.of(subject)
    }

    /// Whether it can be meant; a sender is brought into its form.
    pub(crate) fn check(&self, exemption: &mut Exemption, others: usize) -> Result<(), ExemptionError> {
        let length = exemption.until.since(exemption.since);
        if length < Duration::from_secs(60) || length > Exemption::LONGEST {
            return Err(ExemptionError::Length);
        }
        if others >= Exemption::MOST {
            return Err(ExemptionError::TooMany(exemption.subject.clone()));
        }
        match &mut exemption.what {
            Exempt::Signal(name) => self.check_signal(name),
            Exempt::Sender(sender) => {
                let clean = customers::exemption::sender(sender);
                *sender = clean.ok_or_else(|| ExemptionError::Sender(sender.clone()))?;
                Ok(())
            }
            Exempt::Fingerprint { points, .. } if points.is_empty() => Err(ExemptionError::Nothing),
            Exempt::Fingerprint { .. } => Ok(()),
        }
    }

    fn check_signal(&self, name: &str) -> Result<(), ExemptionError> {
        let told = match name {
            _ if apply::is_never_exempt(name) => {
                format!("{name} is what other people or scanners say, and is never exempt")
            }
            _ if !self.judges.current().has_signal(name) => {
                format!("there is no signal \"{name}\"; config/signals.md lists them")
            }
            _ => return Ok(()),
        };
        Err(ExemptionError::Signal(told))
    }

    /// The exemption of a message and its copies: of the points it had.
    pub(crate) fn fingerprint(prints: &Prints, scores: [&Score; 2]) -> Result<Exempt, ExemptionError> {
        if prints.is_empty() {
            return Err(ExemptionError::NoPrint(recall::ConfirmRefused::NoPrint));
        }
        if apply::links_through_others(scores) {
            return Err(ExemptionError::OpenLinks);
        }
        Ok(Exempt::Fingerprint { prints: prints.to_hex(), points: apply::excusable(scores) })
    }
}
