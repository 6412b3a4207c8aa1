//! False-positive reports: what customers and operators do with them. The command line and the mail listener do nothing else.
//!
//! A report is checked (`check`), scored again with the rules in force and measured against good practice (`measure`), and
//! kept with its message. A decision is one transaction; what follows outside of the store is in its record until it is done
//! (`decide`), at start as well, so that a crash leaves nothing half decided.
//!
//! Privacy: this is the only place that keeps content, and only what somebody has handed in for it. See
//! `customers::report::ReportSettings`.

mod answer;
mod check;
mod decide;
mod measure;
mod practices;
mod tally;

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use customers::report::{Filed, Report, ReportRefused, ReportSettings, ReportStore};
use limits::{Holdings, StoreError};
use model::{BlockRef, Clock, SubjectKey};

pub use answer::Answered;
pub use check::ReportError;
pub use decide::{Decision, Wish};
pub use measure::{Change, difference};
pub use tally::ReportFigures;

use crate::desk::Desk;
use crate::exemptions::Pardons;
use crate::fingerprints::Fingerprints;
use crate::lessons::Lessons;
use crate::seam::Judges;
use tally::{Outcome, Tally};

/// What the configuration says about reports.
#[derive(Debug, Clone, Default)]
pub struct ReportRules {
    /// Sizes, numbers and times.
    pub settings: ReportSettings,
    /// How long blocks are remembered with their evidence: what is older can't be checked.
    pub keep_blocks: Duration,
}

/// What a decision reaches.
pub struct Reached {
    /// Blocks.
    pub desk: Arc<Desk>,
    /// The classifier's layer of corrections.
    pub lessons: Arc<Lessons>,
    /// Confirmed messages.
    pub fingerprints: Arc<Fingerprints>,
    /// Exemptions.
    pub pardons: Arc<Pardons>,
}

/// Reports beside the desk.
pub struct Reports {
    store: Arc<dyn ReportStore>,
    judges: Arc<Judges>,
    reached: Reached,
    clock: Arc<dyn Clock>,
    rules: ArcSwap<ReportRules>,
    /// One at a time carries decisions out.
    turn: tokio::sync::Mutex<()>,
    /// A letter may wait.
    wake: Box<dyn Fn() + Send + Sync>,
    tally: Tally,
}

impl Reports {
    /// Reports of the store; `wake` is called when a letter waits.
    pub fn new(
        store: Arc<dyn ReportStore>,
        judges: Arc<Judges>,
        reached: Reached,
        clock: Arc<dyn Clock>,
        rules: ReportRules,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        let (rules, turn) = (ArcSwap::from_pointee(rules), tokio::sync::Mutex::default());
        Self { store, judges, reached, clock, rules, turn, wake: Box::new(wake), tally: Tally::default() }
    }

    /// Goes by other rules from now on.
    pub fn reload(&self, rules: ReportRules) {
        self.rules.store(Arc::new(rules));
    }

    /// The largest message that is taken, in bytes.
    pub fn max_size(&self) -> usize {
        self.rules.load().settings.max_size.bytes()
    }

    /// The exemptions beside them.
    pub fn pardons(&self) -> Arc<Pardons> {
        Arc::clone(&self.reached.pardons)
    }

    /// Somebody hands in a flagged message of that subject, as it was sent. Blocks the thread on the store.
    ///
    /// # Errors
    /// When it can't be taken: each for a reason that he can act on.
    pub fn add(&self, subject: &SubjectKey, raw: &[u8], by: &str) -> Result<Report, ReportError> {
        let filed = self.file(subject, raw, by);
        self.tally.count(if filed.is_ok() { Outcome::Taken } else { Outcome::Refused });
        if filed.is_ok() {
            self.changed();
        }
        filed
    }

    fn file(&self, subject: &SubjectKey, raw: &[u8], by: &str) -> Result<Report, ReportError> {
        let rules = self.rules.load();
        let message = check::single(raw, rules.settings.max_size.bytes())?;
        let named = check::Named::of(message)?;
        let (block, evidence) = match self.store.flagged(Some(subject), &named.message_id)? {
            Some(found) => found,
            None => return Err(self.not_flagged(subject, message, &named, &rules)?),
        };
        check::unaltered(message, &evidence)?;
        let report = measure::report(&*self.judges.current(), &block, &evidence, &named, message);
        let report = Report { reported: self.clock.now(), by: by.to_owned(), ..report.ok_or(ReportError::Unscored)? };
        let filed = self.store.file_report(&report, message, rules.settings.max_open, self.clock.now())?;
        match filed {
            Filed::New(id) => Ok(Report { id, ..report }),
            Filed::Before(id) => Err(ReportError::Before(id)),
            Filed::Full => Err(ReportError::Full(rules.settings.max_open)),
        }
    }

    /// A customer has answered the letter about this block, with the flagged message attached. What he learns of other
    /// senders' blocks is nothing. Blocks the thread on the store.
    ///
    /// # Errors
    /// As [`Self::add`], and when not exactly one message is attached, or there is no such block.
    pub fn by_mail(&self, block: &BlockRef, mail: &[u8]) -> Result<Report, ReportError> {
        let attached = check::attached(mail, self.max_size())?;
        let block = self.store.block(block)?.ok_or_else(|| ReportError::NoBlock(block.clone()))?;
        self.add(&block.subject, &attached, "customer").map_err(ReportError::for_strangers)
    }

    /// A customer hands in a flagged message of his own. What he learns of other senders' blocks is nothing. Blocks the thread
    /// on the store.
    ///
    /// # Errors
    /// As [`Self::add`].
    pub fn add_for_customer(&self, subject: &SubjectKey, raw: &[u8]) -> Result<Report, ReportError> {
        self.add(subject, raw, "customer").map_err(ReportError::for_strangers)
    }

    /// Reports, latest first. Blocks the thread on the store.
    ///
    /// # Errors
    /// When the store fails.
    pub fn list(&self, only_open: bool, limit: usize) -> Result<Vec<Report>, StoreError> {
        self.store.reports(only_open, limit)
    }

    /// As [`Self::list`], those with a lower number.
    ///
    /// # Errors
    /// When the store fails.
    pub fn list_before(&self, number: u64, only_open: bool, limit: usize) -> Result<Vec<Report>, StoreError> {
        self.store.reports_before(number, only_open, limit)
    }

    /// Reports of a block's messages, latest first. Blocks the thread on the store.
    ///
    /// # Errors
    /// When the store fails.
    pub fn about(&self, block: &BlockRef, limit: usize) -> Result<Vec<Report>, StoreError> {
        self.store.reports_about(block, limit)
    }

    /// Reports about what belongs together, latest first. Blocks the thread on the store.
    ///
    /// # Errors
    /// When the store fails.
    pub fn within(&self, within: &Holdings, limit: usize) -> Result<Vec<Report>, StoreError> {
        self.store.reports_within(within, limit)
    }

    /// One report. Blocks the thread on the store.
    ///
    /// # Errors
    /// When there is none of that number, or the store fails.
    pub fn show(&self, id: u64) -> Result<Report, ReportError> {
        self.store.report(id)?.ok_or(ReportError::Unknown(id))
    }

    /// The message of a report, while it is kept. Blocks the thread on the store.
    ///
    /// # Errors
    /// When there is no such report, its message is gone, or the store fails.
    pub fn message(&self, id: u64) -> Result<Vec<u8>, ReportError> {
        self.show(id)?;
        self.store.report_message(id)?.ok_or(ReportError::Gone(id))
    }

    /// Forgets messages whose time is over, and exemptions that have ended. Blocks the thread on the store.
    ///
    /// # Errors
    /// When the store fails.
    pub fn prune(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        self.store.prune_reports(now.before(self.rules.load().settings.keep_messages), now)?;
        self.reached.pardons.refresh()?;
        self.recount()
    }

    /// A letter may wait, and there may be more or fewer reports. A figure that can't be had stays as it was.
    fn changed(&self) {
        (self.wake)();
        let _ = self.recount();
    }

    /// How many there are, for metrics: as they were when something changed last.
    pub fn figures(&self) -> ReportFigures {
        self.tally.figures(self.clock.now())
    }

    fn recount(&self) -> Result<(), StoreError> {
        let open = self.store.reports(true, Self::COUNTED)?;
        self.tally.waits(open.len(), open.iter().map(|report| report.reported).min());
        Ok(())
    }

    /// More open reports than `reports.max_open` can be are not counted.
    const COUNTED: usize = 10_000;

    /// Why no evidence of that subject names the message.
    fn not_flagged(
        &self,
        subject: &SubjectKey,
        message: &[u8],
        named: &check::Named,
        rules: &ReportRules,
    ) -> Result<ReportError, StoreError> {
        if !features::attached_messages(message, 1, 1).is_empty() {
            return Ok(ReportError::Wrapper);
        }
        if self.store.flagged(None, &named.message_id)?.is_some() {
            return Ok(ReportError::OtherSubject(subject.clone()));
        }
        if self.store.latest_block(subject)?.is_none() {
            return Ok(ReportError::NeverBlocked(subject.clone(), rules.keep_blocks));
        }
        let now = self.clock.now();
        if let Some(sent) = named.date.filter(|sent| now.since(*sent) > rules.keep_blocks) {
            return Ok(ReportError::Expired(sent, rules.keep_blocks));
        }
        let score = measure::score_now(&*self.judges.current(), subject, None, now, message);
        Ok(match score {
            Some((score, spam)) if score < spam => ReportError::BelowSpam { subject: subject.clone(), score, spam },
            _ => ReportError::NotAmong(subject.clone()),
        })
    }
}

impl From<ReportRefused> for ReportError {
    fn from(refused: ReportRefused) -> Self {
        Self::Refused(refused)
    }
}
