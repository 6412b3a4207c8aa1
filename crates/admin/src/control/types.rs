//! What is asked and answered over the control socket, as JSON. Both ends are this program, of one version.

use customers::ticket::{Ticket, Whom};
use diagnostics::{Password, Summary, Task};
use limits::{Bounce, Lockout};
use model::{Block, Evidence, SubjectKey, Timestamp};
use serde::{Deserialize, Serialize};

use crate::readiness::Report;

/// `GET /control/blocks`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockList {
    /// The blocks, latest first.
    pub blocks: Vec<Block>,
}

/// `GET /control/blocks/{ref}`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseFile {
    /// The block.
    pub block: Block,
    /// The flagged messages, oldest first.
    pub evidence: Vec<Evidence>,
}

/// The body of `POST /control/blocks/{ref}/unblock`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unblock {
    /// Who releases it, for the log: a person's name or login, 1 to 64 characters.
    pub by: String,
}

/// The answer to [`Unblock`]: the release is in force and on disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unblocked {
    /// The block as it is now.
    pub block: Block,
}

/// `GET /control/tickets`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketList {
    /// The tickets, latest first.
    pub tickets: Vec<TicketView>,
}

/// `GET /control/tickets/{id}`, and the answer to every step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketView {
    /// The ticket.
    pub ticket: Ticket,
    /// What it is about, in a line.
    pub title: String,
    /// Suspicious messages that led to it; 0 without a block.
    pub suspicious: u64,
    /// Attempts to send that were refused since.
    pub attempts: u64,
    /// The block that it is about, if it is about one.
    pub block: Option<Block>,
    /// The flagged messages, oldest first; empty in lists.
    pub evidence: Vec<Evidence>,
    /// Its letters that did not arrive, latest first; empty in lists.
    #[serde(default)]
    pub bounces: Vec<Bounce>,
}

/// The body of `POST /control/tickets/{id}/answered`, `/reply`, `/refuse`, `/approve`, `/close` and `/reopen`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TicketStep {
    /// What the customer wrote, what he is told, or why he is refused; empty for the other two.
    #[serde(default)]
    pub text: String,
    /// Who does it, for the log, 1 to 64 characters.
    pub by: String,
}

/// The body of `POST /control/tickets`; the answer is a [`TicketView`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewTicket {
    /// Whom it concerns.
    pub whom: Whom,
    /// What it is about, in a line.
    pub title: String,
    /// Its first message.
    pub text: String,
    /// Whether the customer wrote it, such as by telephone; otherwise it is written to him.
    #[serde(default)]
    pub by_customer: bool,
    /// Who does it, for the log, 1 to 64 characters.
    pub by: String,
}

/// The body of `POST /control/accounts/password-changed`; the answer is an [`Unblocked`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordChanged {
    /// Whose.
    pub account: String,
    /// When; now, if it isn't told.
    #[serde(default)]
    pub at: Option<Timestamp>,
    /// Who says so, for the log, 1 to 64 characters.
    pub by: String,
}

/// `GET /control/lockouts`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockoutList {
    /// The locks in force, latest first.
    pub lockouts: Vec<Lockout>,
}

/// The body of `POST /control/lockouts/clear`; the answer is the [`Lockout`] that was lifted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClearLockout {
    /// Whose.
    pub subject: SubjectKey,
    /// Who lifts it, for the log, 1 to 64 characters.
    pub by: String,
}

/// The body of calls that need nothing but a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operator {
    /// Who does it, for the log, 1 to 64 characters.
    pub by: String,
}

/// The answer to `POST /control/reply-key`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRotated {
    /// Until when the addresses of earlier letters are taken.
    pub earlier_until: Timestamp,
}

/// The body of `POST /control/diagnoses`; the answer is a [`DiagnosisView`].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewDiagnosis {
    /// "account", "ip" or "domain".
    pub kind: String,
    /// Who is diagnosed.
    pub name: String,
    /// Who asks for it, for the log, 1 to 64 characters.
    pub by: String,
    /// The account's password, to be tried; it is kept nowhere.
    #[serde(default, serialize_with = "diagnostics::reveal_to_daemon", skip_serializing_if = "Option::is_none")]
    pub password: Option<Password>,
}

/// `GET /control/diagnoses/{id}`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiagnosisView {
    /// The diagnosis, with what was found so far.
    pub task: Task,
    /// What that amounts to.
    pub summary: Summary,
}

/// `GET /control/diagnoses`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiagnosisList {
    /// Latest first.
    pub diagnoses: Vec<DiagnosisView>,
}

/// What was asked of [`DiagnosisList`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DiagnosisQuery {
    /// Of whom, with `name`; all without.
    #[serde(default)]
    pub(crate) kind: Option<String>,
    #[serde(default)]
    pub(crate) name: Option<String>,
    /// At most so many.
    pub(crate) limit: usize,
}

/// `GET /control/status`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The daemon's version.
    pub version: String,
    /// The node's name.
    pub node: String,
    /// Whether refusals are only noted.
    pub monitor: bool,
    /// When the daemon started.
    pub started: Timestamp,
    /// The daemon's time.
    pub now: Timestamp,
    /// Every part, as `/readyz` tells it.
    pub readiness: Report,
}

/// `GET /control/fingerprints`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmedList {
    /// What was confirmed, latest first.
    pub confirmed: Vec<ConfirmedMessage>,
}

/// A message that a person has confirmed as spam or ham.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmedMessage {
    /// Its name, twelve digits.
    pub id: String,
    /// "spam" or "ham".
    pub word: String,
    /// When it was confirmed.
    pub at: Timestamp,
    /// Who confirmed it.
    pub by: String,
}

/// The body of `POST /control/fingerprints`: it is in force and on disk when the answer comes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confirm {
    /// "spam" or "ham".
    pub word: String,
    /// The message's fingerprints, in hexadecimal; the message itself stays where it is.
    pub prints: String,
    /// Who says so, 1 to 64 characters.
    pub by: String,
}

/// The body of `POST /control/fingerprints/{id}/forget`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unconfirm {
    /// Who takes it back, for the log.
    pub by: String,
}

/// The body of `POST /control/lessons`: a message that a person called spam or ham, without its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lesson {
    /// What the person said.
    pub is_spam: bool,
    /// What the classifier's layer of corrections sees of the message.
    pub pairs: Vec<u16>,
}

/// What has been learned so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lessons {
    /// Messages called spam.
    pub spam: u32,
    /// Messages called ham.
    pub ham: u32,
}

/// What was asked of [`BlockList`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct BlockQuery {
    /// Only blocks in force.
    pub(crate) active: bool,
    /// At most so many, 1 to [`BlockQuery::MAX`].
    pub(crate) limit: usize,
}

impl BlockQuery {
    /// An answer of more would be too much for one body.
    pub(crate) const MAX: usize = 10_000;
}

impl Default for BlockQuery {
    fn default() -> Self {
        Self { active: false, limit: 100 }
    }
}

/// What was asked of a list that is numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NumberedQuery {
    /// Only what is open.
    pub(crate) active: bool,
    /// Only with a lower number.
    pub(crate) below: u64,
    /// At most so many.
    pub(crate) limit: usize,
}

/// Every answer that is not 200.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ErrorBody {
    /// A sentence for whoever asked.
    pub(crate) error: String,
}
