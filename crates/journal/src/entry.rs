//! The lines of a journal. What is missing in a line of an older version has its default; what is new is passed over.

use std::collections::BTreeMap;

use model::{AccountName, BlockRef, BlockState, DomainName, Network, SubjectKey, Timestamp, Via};
use serde::{Deserialize, Serialize};

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "e", rename_all = "lowercase")]
pub enum Entry {
    /// From here on another configuration, or another process.
    Began(Began),
    /// A message was judged.
    Message(Judgement),
    /// A session or transaction was refused before content was seen.
    Refused(TurnedAway),
    /// A block began or ended.
    Block(Change),
}

/// What was in force.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Began {
    /// When.
    pub at: Timestamp,
    /// The program's version.
    pub version: String,
    /// `enforce` or `monitor`.
    pub mode: String,
    /// From which score a message was spam.
    pub spam: i32,
    /// From which score it was refused.
    pub reject: i32,
    /// The points of every signal; of one that was switched off, 0.
    pub points: BTreeMap<String, i32>,
}

/// A judged message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// When.
    pub at: Timestamp,
    /// The door.
    pub via: Via,
    /// Who was charged: the account,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountName>,
    /// the client's network,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip: Option<Network>,
    /// and the domain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<DomainName>,
    /// The domain of MAIL FROM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<DomainName>,
    /// The recipients, each as a number ([`crate::Opaque`]).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<u64>,
    /// How many recipients, those not known by name included.
    pub n: u32,
    /// How many more were refused elsewhere.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub lost: u32,
    /// Bytes.
    pub size: u64,
    /// The Message-ID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The text, as a number ([`crate::Opaque`]); the same for all that read the same but for digits and gaps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<u64>,
    /// Whether it was read; one that was refused before has no score.
    pub read: bool,
    /// The score.
    #[serde(default)]
    pub score: i32,
    /// The signals with their points.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hits: Vec<(String, i32)>,
    /// What was answered: `accept`, `tag`, `defer`, `reject`, `hold`.
    pub did: String,
    /// What would have been answered, where monitor mode let it pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub would: Option<String>,
    /// Why, in the word of the log.
    pub why: String,
}

/// A refusal before content.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TurnedAway {
    /// When.
    pub at: Timestamp,
    /// The door.
    pub via: Via,
    /// Who was charged: the account,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountName>,
    /// and the client's network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip: Option<Network>,
    /// `connect`, `mail` or `rcpt`.
    pub stage: String,
    /// `blocked`, `rate`, ….
    pub why: String,
    /// The code of the reply.
    pub code: u16,
    /// Whether monitor mode only noted it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub noted: bool,
}

/// A block as it became.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// When.
    pub at: Timestamp,
    /// The block.
    pub block: BlockRef,
    /// Whom it stops.
    pub subject: SubjectKey,
    /// Where it stands.
    pub state: BlockState,
    /// The rule that tripped.
    pub rule: String,
    /// Who released it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Whether monitor mode refused nothing because of it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub noted: bool,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

fn is_false(value: &bool) -> bool {
    !*value
}
