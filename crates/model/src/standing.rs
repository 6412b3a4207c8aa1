//! A subject's standing: its counters and whether it is blocked.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::adoption::Adoption;
use crate::evidence::Evidence;
use crate::names::BlockRef;
use crate::quota::Quota;
use crate::subject::SubjectKey;
use crate::time::Timestamp;

settings::choice! {
    /// What is counted for each subject.
    pub enum CounterKind {
        /// Messages judged.
        Messages = "messages",
        /// Recipients of those messages.
        Recipients = "recipients",
        /// Different recipients.
        DistinctRecipients = "distinct_recipients",
        /// Messages at or above the spam score.
        Spam = "spam",
        /// The sum of the positive scores.
        ScoreSum = "score_sum",
        /// The sum of the positive scores of messages that were unlike their sender's past in amount.
        UnusualScore = "unusual_score",
        /// Recipients that were refused elsewhere.
        RefusedRecipients = "refused_recipients",
        /// Bytes, those from the client in opaque streams included.
        Bytes = "bytes",
        /// Different networks (IPv4 /24, IPv6 /48) the subject's mail came from.
        DistinctNetworks = "distinct_networks",
        /// Intercepted connections, whatever was said on them.
        Connections = "connections",
        /// Different addresses that intercepted connections were going to.
        DistinctDestinations = "distinct_destinations",
    }
}

/// Where a subject's block stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum BlockState {
    /// Sending is refused.
    #[serde(rename = "blockedForSpam")]
    BlockedForSpam,
    /// The release was granted and is being applied.
    #[serde(rename = "unblocking")]
    Unblocking,
    /// Free; the strike is remembered.
    #[serde(rename = "unblocked")]
    Unblocked,
}

impl BlockState {
    /// The word of the API and the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BlockedForSpam => "blockedForSpam",
            Self::Unblocking => "unblocking",
            Self::Unblocked => "unblocked",
        }
    }
}

/// How the subject of a block gets out of it; decided when the block begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WayOut {
    /// When the time is over.
    #[default]
    Time,
    /// An operator approves its ticket.
    Ticket,
    /// Its password is changed.
    Password,
}

impl WayOut {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Time, Self::Ticket, Self::Password];

    /// The word of the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Ticket => "ticket",
            Self::Password => "password",
        }
    }

    /// The way of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.as_str() == word)
    }
}

/// Why a block tripped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The trip rule's name.
    pub rule: String,
    /// What was counted.
    pub counter: String,
    /// How many there were.
    pub count: u64,
    /// In how long.
    pub window: Duration,
    /// "5 messages that look like spam within 10 minutes", for a person.
    pub sentence: String,
    /// Whether it tripped in monitor mode, when nobody was refused: such a block is void as soon as refusals are real. Of a block
    /// as it is shown, also whether monitor mode has begun since.
    #[serde(default)]
    pub monitored: bool,
}

impl Reason {
    /// What stands in [`Self::rule`] where an operator has blocked by hand; no trip rule is called so.
    pub const BY_HAND: &str = "operator";
    const DECIDED: &str = "an operator's decision: ";

    /// An operator's own reason, with what was counted meanwhile: "an operator's decision: the password was stolen".
    pub fn by_hand(why: &str, counter: CounterKind, count: u64, window: Duration) -> Self {
        Self {
            rule: Self::BY_HAND.into(),
            counter: counter.as_str().into(),
            count,
            window,
            sentence: format!("{}{}", Self::DECIDED, why.trim().trim_end_matches('.')),
            monitored: false,
        }
    }

    /// What the operator who blocked by hand gave as his reason; `None` where a rule tripped.
    pub fn decided(&self) -> Option<&str> {
        if self.rule == Self::BY_HAND { self.sentence.strip_prefix(Self::DECIDED) } else { None }
    }
}

/// One block of one subject. It stays in the store after it was released.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Its public reference.
    pub reference: BlockRef,
    /// Whom it stops.
    pub subject: SubjectKey,
    /// Where it stands.
    pub state: BlockState,
    /// When it began.
    pub since: Timestamp,
    /// How long it lasts.
    pub length: Duration,
    /// The step of the ladder, from 1.
    pub strike: u32,
    /// Why.
    pub reason: Reason,
    /// Whether the block ends by itself when its time is over; otherwise somebody has to release it.
    pub automatic_release: bool,
    /// How its subject gets out of it.
    #[serde(default)]
    pub way_out: WayOut,
    /// Where it stands among those of its customer that end by themselves; `None` when nobody counts them.
    #[serde(default)]
    pub quota: Option<Quota>,
    /// Whether its owner had still to be found when it began; `None` when he was known, or known to be nobody.
    #[serde(default)]
    pub adoption: Option<Adoption>,
    /// Messages in the rule's window when it tripped.
    pub messages: u64,
    /// Spam among them.
    pub spam: u64,
    /// Attempts refused because of it, so far.
    pub attempts: u64,
    /// When it was released, and by whom (`time`, `operator`, …).
    pub released: Option<(Timestamp, String)>,
}

impl Block {
    /// When it ends, or may be ended.
    pub fn until(&self) -> Timestamp {
        self.since.after(self.length)
    }

    /// When it ends by itself; `None` when somebody has to release it.
    pub fn ends_at(&self) -> Option<Timestamp> {
        self.automatic_release.then(|| self.until())
    }

    /// Whether it is in force and its owner is still to be found: until then it promises no end.
    pub fn awaits_owner(&self) -> bool {
        self.is_active() && self.adoption == Some(Adoption::Awaited)
    }

    /// When its owner was settled after it had begun.
    pub fn adopted(&self) -> Option<Timestamp> {
        match self.adoption {
            Some(Adoption::Settled(at)) => Some(at),
            Some(Adoption::Awaited) | None => None,
        }
    }

    /// The customer's automatic releases, when the block doesn't end by itself only because they are used up.
    pub fn used_up(&self) -> Option<&Quota> {
        self.quota.as_ref().filter(|quota| quota.used_up)
    }

    /// Whether it is in force: sending is refused, or would be were this not monitor mode.
    pub fn is_active(&self) -> bool {
        self.state == BlockState::BlockedForSpam
    }

    /// Whether it is in force and nothing is refused because of it all the same: monitor mode. Nobody may be told that he is
    /// blocked.
    pub fn is_noted(&self) -> bool {
        self.is_active() && self.reason.monitored
    }
}

/// A change of a subject's block, to be made durable and told to people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transition {
    /// A block began; with the flagged messages that led to it, oldest first.
    Blocked {
        /// The block.
        block: Box<Block>,
        /// The messages.
        evidence: Vec<Evidence>,
    },
    /// A block's state changed: released, or being released.
    Changed {
        /// The block as it is now.
        block: Box<Block>,
    },
}
