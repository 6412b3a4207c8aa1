//! What must survive a crash, as a seam: SQLite and memory implement it, one body of tests runs over both.

use std::time::Duration;

use model::{Block, BlockRef, Evidence, Kept, Shelf, SubjectKey, Timestamp};
use serde::{Deserialize, Serialize};

use crate::letters::Matter;

/// A subject's counters and recent flagged messages as they are written down every few seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Whose.
    pub subject: SubjectKey,
    /// When it was last counted.
    pub at: Timestamp,
    /// The record, opaque to the store.
    pub record: Vec<u8>,
}

/// What a letter about a block or a ticket tells, with what must not change until it is sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterKind {
    /// The block began.
    #[default]
    Blocked,
    /// A ticket that no block has opened is open; its first message is in the letter.
    Opened,
    /// These questions of its ticket, by their numbers, are still open.
    Missing(Vec<u8>),
    /// The ticket's questions are answered; somebody decides.
    Received,
    /// An operator has written this to the customer.
    Answer(String),
    /// The ticket was approved and the block released.
    Approved,
    /// It was not, for this reason.
    Refused(String),
    /// A flagged message was reported as no spam; somebody decides.
    ReportReceived(ReportLetter),
    /// It was no spam.
    ReportConfirmed(ReportLetter),
    /// It was, for a reason.
    ReportDeclined(ReportLetter),
    /// A mail was no report that can be taken.
    ReportUnusable(UnusableReport),
    /// The block is over, otherwise than by an approved ticket.
    Released,
    /// The block still waits for its customer: the nth time that he is told.
    Reminder(u32),
}

impl LetterKind {
    /// The kinds, in words.
    pub const WORDS: [&str; 13] = [
        "blocked",
        "opened",
        "missing",
        "received",
        "answer",
        "approved",
        "refused",
        "released",
        "reminder",
        "report_received",
        "report_confirmed",
        "report_declined",
        "report_unusable",
    ];

    /// The kind in a word, for metrics.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Blocked => "blocked",
            Self::Opened => "opened",
            Self::Missing(_) => "missing",
            Self::Received => "received",
            Self::Answer(_) => "answer",
            Self::Approved => "approved",
            Self::Refused(_) => "refused",
            Self::Released => "released",
            Self::Reminder(_) => "reminder",
            Self::ReportReceived(_) => "report_received",
            Self::ReportConfirmed(_) => "report_confirmed",
            Self::ReportDeclined(_) => "report_declined",
            Self::ReportUnusable(_) => "report_unusable",
        }
    }

    /// Whether it is written in a ticket that no block has opened: that it is open, and what the support desk says.
    pub fn needs_no_block(&self) -> bool {
        matches!(self, Self::Opened | Self::Answer(_))
    }

    /// Whether one letter may tell of many blocks at once; what is said in a conversation is said singly.
    pub fn can_be_collected(&self) -> bool {
        matches!(self, Self::Blocked | Self::Released | Self::Reminder(_))
    }
}

/// What a letter about a false-positive report tells.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportLetter {
    /// The report's number.
    pub number: u64,
    /// The message's Message-ID.
    pub message_id: String,
    /// What the operator says; may be empty.
    pub said: String,
    /// The practices of good senders that the message does not keep to, by name.
    pub change: Vec<String>,
}

/// Why a mail was no report that can be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnusableReport {
    /// The mail's Message-ID; empty when it has none.
    pub mail: String,
    /// Why.
    pub flaw: ReportFlaw,
}

/// What keeps a mail from being a report of a flagged message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportFlaw {
    /// No message is attached.
    NothingAttached,
    /// Several are.
    SeveralAttached,
    /// It is larger than so many bytes.
    TooLarge(usize),
    /// These header fields are missing.
    Incomplete(Vec<String>),
    /// These header fields are not what the filter saw.
    Altered(Vec<String>),
    /// It is not among the messages that led to a block.
    NotAmong,
    /// It was not flagged: its score today, and the score of spam.
    NotFlagged(i32, i32),
}

impl ReportFlaw {
    /// The flaw in a word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::NothingAttached => "nothing_attached",
            Self::SeveralAttached => "several_attached",
            Self::TooLarge(_) => "too_large",
            Self::Incomplete(_) => "incomplete",
            Self::Altered(_) => "altered",
            Self::NotAmong => "not_among",
            Self::NotFlagged(..) => "not_flagged",
        }
    }
}

/// Who is to be told of a letter in one about many, because there were too many at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owed {
    /// Whoever owns what is blocked.
    pub customer: bool,
    /// The operators.
    pub operators: bool,
}

impl Owed {
    /// Whether anybody is.
    pub fn anybody(self) -> bool {
        self.customer || self.operators
    }
}

/// A letter that waits to be sent, or was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertJob {
    /// What it is about.
    #[serde(flatten)]
    pub about: Matter,
    /// Which letter about it: 0 is the one that tells that it began.
    pub number: u32,
    /// What it tells.
    pub kind: LetterKind,
    /// When there was something to tell.
    pub created: Timestamp,
    /// When to try (again).
    pub due: Timestamp,
    /// How often it was tried.
    pub tries: u32,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// When the relay took it.
    pub sent: Option<Timestamp>,
    /// When it was given up.
    pub given_up: Option<Timestamp>,
    /// The Message-ID it carries in every try, so that a repeated delivery is recognised.
    pub message_id: String,
    /// Why it was not sent by itself: the Message-ID of the letter that told it, or a word about what has overtaken it.
    pub instead: Option<String>,
    /// Who is still to be told, in a letter about many.
    pub owed: Owed,
    /// Whom it, or a letter about many in its place, has reached: the addresses the relay has taken.
    #[serde(default)]
    pub told: Vec<String>,
}

impl AlertJob {
    /// The letter that tells that a block began. `node` is this node's name, for the Message-ID.
    pub fn first(block: &Block, node: &str) -> Self {
        let message_id = format!("<block-{}@{node}>", block.reference);
        Self::new(Matter::Block(block.reference.clone()), 0, LetterKind::Blocked, block.since, message_id)
    }

    /// The letter that tells that a ticket without a block is open. `node` is this node's name, for the Message-ID.
    pub fn opened(ticket: u64, node: &str, at: Timestamp) -> Self {
        Self::new(Matter::Ticket(ticket), 0, LetterKind::Opened, at, format!("<ticket-{ticket}@{node}>"))
    }

    /// A later letter about the same.
    #[must_use]
    pub fn follow_up(&self, number: u32, kind: LetterKind, at: Timestamp) -> Self {
        let message_id = self.message_id.replacen('@', &format!(".{number}@"), 1);
        Self::new(self.about.clone(), number, kind, at, message_id)
    }

    /// The Message-ID of the letter that began the conversation; `None` when this is it.
    pub fn thread(&self) -> Option<String> {
        (self.number > 0).then(|| self.message_id.replacen(&format!(".{}@", self.number), "@", 1))
    }

    /// Due again from then on, for whoever has not got it: its reader is known only now. It is as young as that, so that what
    /// is written of the old one later changes nothing.
    #[must_use]
    pub fn renewed(self, at: Timestamp) -> Self {
        let (created, told) = (at.max(self.created.after(Duration::from_millis(1))), self.told);
        Self { told, due: at, ..Self::new(self.about, self.number, self.kind, created, self.message_id) }
    }

    /// Whether it is still tried.
    pub fn waits(&self) -> bool {
        self.sent.is_none() && self.given_up.is_none()
    }

    /// The relay has taken it for these addresses.
    pub fn reached<A: ToString>(&mut self, addresses: &[A]) {
        for address in addresses.iter().map(ToString::to_string) {
            if !self.told.contains(&address) {
                self.told.push(address);
            }
        }
    }

    fn new(about: Matter, number: u32, kind: LetterKind, at: Timestamp, message_id: String) -> Self {
        Self {
            about,
            number,
            kind,
            created: at,
            due: at,
            tries: 0,
            last_error: None,
            sent: None,
            given_up: None,
            message_id,
            instead: None,
            owed: Owed::default(),
            told: Vec::new(),
        }
    }
}

/// What the store can fail with. The message is for the operator.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The disk is full.
    #[error("the disk of the store is full: {0}")]
    Full(String),
    /// The store can't be written.
    #[error("the store can't be written: {0}")]
    ReadOnly(String),
    /// The store's file is damaged, or newer than this program.
    #[error("the store can't be used: {0}")]
    Damaged(String),
    /// Anything else.
    #[error("the store failed: {0}")]
    Other(String),
}

/// What a step of forgetting has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pruned {
    /// Nothing that is old enough.
    All,
    /// Perhaps something: another step tells.
    More,
}

/// Durable state. Calls block; the daemon makes them on a thread of their own, never in a session.
///
/// Every call that returns `Ok` is durable: it survives `kill -9` and power loss.
pub trait Store: Send + Sync {
    /// Writes a new block, its evidence and the alert that tells of it, all or nothing.
    fn open_block(&self, block: &Block, evidence: &[Evidence], alert: Option<&AlertJob>) -> Result<(), StoreError>;
    /// Writes the block as it is now; its evidence stays. One that is written as over does not begin again. When its owner is
    /// settled with that, its ticket is opened where that is the way out, and the letter that tells that it began is due once
    /// more, for those who have not got it.
    fn update_block(&self, block: &Block) -> Result<(), StoreError>;
    /// Adds flagged messages to a block.
    fn add_evidence(&self, block: &BlockRef, evidence: &[Evidence]) -> Result<(), StoreError>;
    /// The blocks not yet released; the last strike of each subject since `since`, and the highest, which is the last when the clock
    /// was set back; and blocks that ended by themselves since then and count for their customer.
    fn load_blocks(&self, since: Timestamp) -> Result<Vec<Block>, StoreError>;
    /// One block by its reference.
    fn block(&self, reference: &BlockRef) -> Result<Option<Block>, StoreError>;
    /// Blocks, latest first; only the active ones, or all.
    fn blocks(&self, only_active: bool, limit: usize) -> Result<Vec<Block>, StoreError>;
    /// The flagged messages of a block, oldest first, at most `limit`.
    fn evidence(&self, reference: &BlockRef, limit: usize) -> Result<Vec<Evidence>, StoreError>;
    /// Replaces the destination addresses that were looked up after the block began; matched by time and Message-ID.
    fn set_destinations(&self, reference: &BlockRef, evidence: &[Evidence]) -> Result<(), StoreError>;
    /// Writes counters, all or nothing; later snapshots of a subject replace earlier ones.
    fn save_counters(&self, snapshots: &[Snapshot]) -> Result<(), StoreError>;
    /// The counters written since `since`.
    fn load_counters(&self, since: Timestamp) -> Result<Vec<Snapshot>, StoreError>;
    /// Writes what was seen before, all or nothing; a later record of a name replaces the earlier one.
    fn save_kept(&self, records: &[Kept]) -> Result<(), StoreError>;
    /// The records of a shelf, oldest first.
    fn load_kept(&self, shelf: Shelf) -> Result<Vec<Kept>, StoreError>;
    /// Takes one record out.
    fn forget_kept(&self, shelf: Shelf, name: &str) -> Result<(), StoreError>;
    /// A step of forgetting snapshots that are older, of `most` rows; what must survive stays.
    fn prune_kept(&self, before: Timestamp, most: usize) -> Result<Pruned, StoreError>;
    /// Letters neither sent nor given up, about blocks and tickets, by due time.
    fn pending_alerts(&self) -> Result<Vec<AlertJob>, StoreError>;
    /// Writes a letter's state; one that is due once more meanwhile stays as it is.
    fn update_alert(&self, alert: &AlertJob) -> Result<(), StoreError>;
    /// The letter that told that a block began.
    fn alert(&self, block: &BlockRef) -> Result<Option<AlertJob>, StoreError>;
    /// A step of forgetting what is older: released blocks with their evidence and alerts, and counters. It ends behind
    /// `most` rows, so that others may write before the next one; a block with more flagged messages loses them step by
    /// step, and goes with the last.
    fn prune(&self, blocks_before: Timestamp, counters_before: Timestamp, most: usize) -> Result<Pruned, StoreError>;
    /// Writes and reads something small: whether the store works now.
    fn probe(&self) -> Result<(), StoreError>;
}
