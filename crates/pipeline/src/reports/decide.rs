//! The operator's decision, and what follows from it.

use std::time::Duration;

use customers::exemption::{Exempt, Exemption};
use customers::report::{Errand, Report, ReportStep, Taken, Word};
use limits::Releaser;
use model::circumstances::Confirmation;
use recall::Prints;

use super::tally::Outcome;
use super::{ReportError, Reports, measure};
use crate::desk::DeskError;
use crate::exemptions::Pardons;
use crate::fingerprints::FingerprintError;
use crate::lessons::LessonError;
use crate::seam::Appraisal;

/// What an operator decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Whether the message was no spam.
    pub is_ham: bool,
    /// What the customer is told.
    pub reason: String,
    /// What is exempt for the subject from now on.
    pub exempt: Vec<Wish>,
    /// For how long.
    pub length: Duration,
    /// Whether the block is released.
    pub release: bool,
}

/// An exemption as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// Of the message and its copies.
    Fingerprint,
    /// Of the message's From address, or of another address or "@" and a domain.
    Sender(Option<String>),
    /// Of a signal.
    Signal(String),
}

impl Wish {
    /// `fingerprint`, `sender`, `sender=ADDRESS`, `sender=@DOMAIN` or `rule=NAME`.
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once('=') {
            None if text == "fingerprint" => Some(Self::Fingerprint),
            None if text == "sender" => Some(Self::Sender(None)),
            Some(("sender", sender)) => Some(Self::Sender(Some(sender.to_owned()))),
            Some(("rule", name)) => Some(Self::Signal(name.to_owned())),
            _ => None,
        }
    }
}

impl Reports {
    /// Decides. When this returns, the decision is on disk and in force; what could not be done of it yet is tried again, at
    /// the next start too.
    ///
    /// # Errors
    /// When there is no such report, it does not allow it, an exemption can't be meant, or the store fails.
    pub async fn decide(&self, id: u64, decision: &Decision, by: &str) -> Result<Report, ReportError> {
        let _turn = self.turn.lock().await;
        let report = self.show(id)?;
        report.is_open()?;
        let word = Word { at: self.clock.now(), by: by.to_owned(), reason: decision.reason.clone() };
        if decision.is_ham {
            return self.confirm(report, decision, word).await;
        }
        let declined = self.decline(id, &word)?;
        self.tally.count(Outcome::Declined);
        Ok(declined)
    }

    /// Puts a report away; its message is forgotten at once, nobody is told. Blocks the thread on the store.
    ///
    /// # Errors
    /// When there is no such report, it was decided before, or the store fails.
    pub fn put_away(&self, id: u64, by: &str) -> Result<Report, ReportError> {
        let word = Word { at: self.clock.now(), by: by.to_owned(), reason: String::new() };
        let step = |report: &mut Report| report.put_away(word.clone()).map(|()| Taken::default());
        let dropped = self.step(id, &step)?;
        self.tally.count(Outcome::Dropped);
        Ok(dropped)
    }

    /// Does what is still to be done of decisions. At start, and now and then.
    ///
    /// # Errors
    /// The first thing that could not be done.
    pub async fn resume(&self) -> Result<(), ReportError> {
        let _turn = self.turn.lock().await;
        for report in self.store.reports_due()? {
            self.carry_out(report).await?;
        }
        Ok(())
    }

    fn decline(&self, id: u64, word: &Word) -> Result<Report, ReportError> {
        let step = |report: &mut Report| {
            let letter = report.decline(word.clone())?;
            Ok(Taken { letter: Some(letter), ..Taken::default() })
        };
        self.step(id, &step)
    }

    async fn confirm(&self, report: Report, decision: &Decision, word: Word) -> Result<Report, ReportError> {
        let seen = self.seen(&report)?;
        let exempt = self.exemptions(&report, &seen, decision, &word)?;
        let release = decision.release.then_some(Errand::Release);
        let due: Vec<_> = [Errand::Learn, Errand::Fingerprint].into_iter().chain(release).collect();
        let step = |report: &mut Report| {
            report.confirm(word.clone(), &due)?;
            Ok(Taken { letter: None, exempt: exempt.clone() })
        };
        let report = self.step(report.id, &step)?;
        self.tally.count(Outcome::Confirmed);
        self.reached.pardons.refresh()?;
        self.carry_out(report).await
    }

    fn exemptions(
        &self,
        report: &Report,
        seen: &Appraisal,
        decision: &Decision,
        word: &Word,
    ) -> Result<Vec<Exemption>, ReportError> {
        let mut exempt = Vec::new();
        for wish in &decision.exempt {
            let what = match wish {
                Wish::Fingerprint => Pardons::fingerprint(&Prints::of(&seen.features), [&report.then, &seen.score])?,
                Wish::Sender(sender) => Exempt::Sender(sender.clone().unwrap_or_else(|| report.from.clone())),
                Wish::Signal(name) => Exempt::Signal(name.clone()),
            };
            let mut exemption = Exemption {
                id: 0,
                subject: report.subject.clone(),
                what,
                since: word.at,
                until: word.at.after(decision.length),
                by: word.by.clone(),
                reason: word.reason.clone(),
                report: Some(report.id),
            };
            let others = self.reached.pardons.of(&report.subject).saturating_add(exempt.len());
            self.reached.pardons.check(&mut exemption, others)?;
            exempt.push(exemption);
        }
        Ok(exempt)
    }

    /// The errands of a decision, each struck out when it is done. A crash in between repeats at most one, which harms nothing.
    async fn carry_out(&self, mut report: Report) -> Result<Report, ReportError> {
        for errand in report.due.clone() {
            self.run(&report, errand).await?;
            let step = |report: &mut Report| Ok(Taken { letter: report.done(errand), ..Taken::default() });
            report = self.step(report.id, &step)?;
        }
        Ok(report)
    }

    async fn run(&self, report: &Report, errand: Errand) -> Result<(), ReportError> {
        match errand {
            Errand::Learn => match self.reached.lessons.learn(&self.seen(report)?.correction) {
                // A message of three words teaches nothing.
                Ok(()) | Err(LessonError::Correction(_)) => Ok(()),
                Err(error) => Err(error.into()),
            },
            Errand::Fingerprint => {
                let prints = Prints::of(&self.seen(report)?.features);
                match self.reached.fingerprints.confirm(prints, Confirmation::Ham, "report").await {
                    Ok(_) | Err(FingerprintError::Refused(_)) => Ok(()),
                    Err(error) => Err(error.into()),
                }
            }
            Errand::Release => match self.reached.desk.release(&report.block, Releaser::Report).await {
                // It is over already: its time, or somebody else.
                Ok(_) | Err(DeskError::Refused(_)) => Ok(()),
                Err(error) => Err(error.into()),
            },
        }
    }

    /// The kept message, looked at again.
    fn seen(&self, report: &Report) -> Result<Appraisal, ReportError> {
        let message = self.store.report_message(report.id)?.ok_or(ReportError::Gone(report.id))?;
        let evidence = self.store.flagged(Some(&report.subject), &report.message_id)?.map(|(_, evidence)| evidence);
        let judge = self.judges.current();
        let seen = measure::appraised(&*judge, &report.subject, evidence.as_ref(), report.flagged, &message);
        seen.ok_or(ReportError::Unscored)
    }

    fn step(&self, id: u64, step: ReportStep<'_>) -> Result<Report, ReportError> {
        let taken = self.store.report_step(id, self.clock.now(), step)?.ok_or(ReportError::Unknown(id))?;
        self.changed();
        Ok(taken?)
    }
}
