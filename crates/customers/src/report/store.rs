//! Where reports and exemptions are kept: beside the blocks that they are about.

use limits::{FollowUpStore, Holdings, LetterKind, StoreError};
use model::{Block, BlockRef, Evidence, MessageId, SubjectKey, Timestamp};

use super::{Report, ReportRefused};
use crate::exemption::Exemption;

/// What came of filing a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filed {
    /// It has this number.
    New(u64),
    /// The same message of the same block was reported before, under this number.
    Before(u64),
    /// So many wait already.
    Full,
}

/// What a step entails in the same transaction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taken {
    /// The letter that follows.
    pub letter: Option<LetterKind>,
    /// The exemptions that begin; their numbers are given by the store and added to the report's.
    pub exempt: Vec<Exemption>,
}

/// Changes a report.
pub type ReportStep<'s> = &'s dyn Fn(&mut Report) -> Result<Taken, ReportRefused>;

/// Reports, the messages they are about, and exemptions. Every call that returns `Ok` is durable. A report is forgotten with
/// its block; an exemption is not, it has an end of its own.
pub trait ReportStore: FollowUpStore {
    /// Writes a new report (its number is the store's to give), its message, and the letter that tells the customer.
    fn file_report(&self, report: &Report, message: &[u8], most_open: u32, at: Timestamp) -> Result<Filed, StoreError>;
    /// One report by its number.
    fn report(&self, id: u64) -> Result<Option<Report>, StoreError>;
    /// The message of a report, while it is kept.
    fn report_message(&self, id: u64) -> Result<Option<Vec<u8>>, StoreError>;
    /// Reports, latest first; only those that wait for a decision, or all.
    fn reports(&self, only_open: bool, limit: usize) -> Result<Vec<Report>, StoreError>;
    /// As [`Self::reports`], those with a lower number.
    fn reports_before(&self, number: u64, only_open: bool, limit: usize) -> Result<Vec<Report>, StoreError>;
    /// Reports of a block's messages, latest first.
    fn reports_about(&self, block: &BlockRef, limit: usize) -> Result<Vec<Report>, StoreError>;
    /// Reports about blocks of what belongs together, latest first.
    fn reports_within(&self, within: &Holdings, limit: usize) -> Result<Vec<Report>, StoreError>;
    /// Reports with something still to be done of their decision.
    fn reports_due(&self) -> Result<Vec<Report>, StoreError>;
    /// Takes a step, with its letter and its exemptions, all or nothing; `None` when there is no such report. The message
    /// goes with a step that ends in `dropped`.
    fn report_step(
        &self,
        id: u64,
        at: Timestamp,
        step: ReportStep<'_>,
    ) -> Result<Option<Result<Report, ReportRefused>>, StoreError>;
    /// Forgets the messages of reports that were decided before, and exemptions that ended before.
    fn prune_reports(&self, decided_before: Timestamp, now: Timestamp) -> Result<(), StoreError>;
    /// The flagged message of that Message-ID, with its block; of several the latest. Of this subject, or of anybody.
    fn flagged(&self, subject: Option<&SubjectKey>, id: &MessageId) -> Result<Option<(Block, Evidence)>, StoreError>;
    /// The latest block of a subject.
    fn latest_block(&self, subject: &SubjectKey) -> Result<Option<Block>, StoreError>;
    /// Every exemption, ended ones that are not forgotten yet included.
    fn exemptions(&self) -> Result<Vec<Exemption>, StoreError>;
    /// Writes a new exemption; returns its number.
    fn add_exemption(&self, exemption: &Exemption) -> Result<u64, StoreError>;
    /// Takes one out; `None` when there is none of that number. One whose time is over has ended by itself.
    fn remove_exemption(&self, id: u64, at: Timestamp) -> Result<Option<Exemption>, StoreError>;
}
