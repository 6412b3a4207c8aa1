//! What happened to blocks, tickets and lockouts, in the order it was written: what other programs are told.
//!
//! A store writes a happening in the transaction of the change it tells of, by comparing what was written before with what
//! is written now. So there is none without its change, no change without it, and none twice.

use model::{Adoption, Block, BlockState, SubjectKey, Timestamp};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::letters::Bounce;
use crate::notes::Note;

settings::choice! {
    /// What happened.
    pub enum HappeningKind {
        /// A block began, the first one that is remembered.
        Blocked = "block.blocked",
        /// A block began, with an earlier strike remembered.
        BlockedAgain = "block.blocked_again",
        /// A release was granted and is being applied.
        Unblocking = "block.unblocking",
        /// A block is over.
        Unblocked = "block.unblocked",
        /// Who owns what is blocked could not be asked when the block began, and is settled now: its way out may be another one.
        OwnerFound = "block.owner_found",
        /// A block, a customer or an operator has opened a ticket.
        TicketOpened = "ticket.opened",
        /// The customer has written.
        TicketAnswered = "ticket.answered",
        /// The support desk has written to the customer.
        TicketReplied = "ticket.replied",
        /// An operator has approved the ticket: the block is released.
        TicketApproved = "ticket.approved",
        /// An operator has not, for a reason.
        TicketRefused = "ticket.refused",
        /// The ticket is over without an approval.
        TicketClosed = "ticket.closed",
        /// A closed ticket was taken up again.
        TicketReopened = "ticket.reopened",
        /// A flagged message was reported as no spam.
        ReportMade = "report.made",
        /// It was none, an operator says.
        ReportConfirmed = "report.confirmed",
        /// It was, he says, for a reason.
        ReportDeclined = "report.declined",
        /// The report was put away without an answer.
        ReportDropped = "report.dropped",
        /// From now on something costs a subject no points.
        ExemptionBegan = "exemption.began",
        /// An operator has taken that back.
        ExemptionRemoved = "exemption.removed",
        /// Its time is over.
        ExemptionEnded = "exemption.ended",
        /// A letter of ours did not reach its recipient.
        LetterBounced = "letter.bounced",
        /// Failed logins have locked an account or a client's network.
        LockoutBegan = "lockout.began",
        /// An operator has lifted that.
        LockoutLifted = "lockout.lifted",
        /// Its time is over.
        LockoutEnded = "lockout.ended",
    }
}

impl Serialize for HappeningKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for HappeningKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        Self::from_word(&word).ok_or_else(|| D::Error::custom(format!("unknown kind {word}")))
    }
}

/// How a block was written before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Before {
    /// Where it stood.
    pub state: BlockState,
    /// Whether its owner had still to be found.
    pub adoption: Option<Adoption>,
}

impl Before {
    /// As the block is now.
    pub fn of(block: &Block) -> Self {
        Self { state: block.state, adoption: block.adoption }
    }

    /// When its owner was settled, if that is what is being written: its ticket is to be opened, and its letter to be sent.
    pub fn adopted_by(self, block: &Block) -> Option<Timestamp> {
        let awaited = self.state == BlockState::BlockedForSpam && self.adoption == Some(Adoption::Awaited);
        block.adopted().filter(|_| awaited && block.is_active())
    }

    /// Whether it has gone on, and this is from before that, written late: a block that is over does not begin again.
    pub fn is_over_for(self, block: &Block) -> bool {
        steps(self.state) > steps(block.state)
    }
}

/// How far a block has come: it only goes forward.
fn steps(state: BlockState) -> u8 {
    match state {
        BlockState::BlockedForSpam => 0,
        BlockState::Unblocking => 1,
        BlockState::Unblocked => 2,
    }
}

impl HappeningKind {
    /// What it means that this block is written where that was written before; `None` when nothing has changed.
    pub fn of_block(before: Option<Before>, block: &Block) -> Option<Self> {
        if before.is_some_and(|before| before.adopted_by(block).is_some()) {
            return Some(Self::OwnerFound);
        }
        if before.is_some_and(|before| before.state == block.state || before.is_over_for(block)) {
            return None;
        }
        Some(match block.state {
            BlockState::BlockedForSpam if block.strike > 1 => Self::BlockedAgain,
            BlockState::BlockedForSpam => Self::Blocked,
            BlockState::Unblocking => Self::Unblocking,
            BlockState::Unblocked => Self::Unblocked,
        })
    }
}

/// A ticket as a happening tells of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketNote {
    /// Its number.
    pub number: u64,
    /// Its state's word, afterwards.
    pub state: String,
    /// What it is about, in a word: a block, a diagnosis or a question.
    #[serde(default = "of_block")]
    pub about: String,
    /// The same in a line.
    #[serde(default)]
    pub title: String,
    /// What was written: the customer's answer, the support desk's message, the reason of a refusal.
    pub text: Option<String>,
}

/// Notes that were written before there were other tickets.
fn of_block() -> String {
    "block".into()
}

/// What something happened to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "nearly every one is a block: a box would cost them and save nothing")]
pub enum Topic {
    /// A block, as it was then.
    Block(Block),
    /// An account, an address or a domain.
    Subject(SubjectKey),
    /// A customer's service.
    Service(String),
}

impl Topic {
    /// The block.
    pub fn block(&self) -> Option<&Block> {
        match self {
            Self::Block(block) => Some(block),
            Self::Subject(_) | Self::Service(_) => None,
        }
    }

    /// The account, address or domain.
    pub fn subject(&self) -> Option<&SubjectKey> {
        match self {
            Self::Block(block) => Some(&block.subject),
            Self::Subject(subject) => Some(subject),
            Self::Service(_) => None,
        }
    }

    /// The word for what it is, and its name.
    pub fn named(&self) -> (&'static str, String) {
        match (self.subject(), self) {
            (Some(subject), _) => (subject.kind().as_str(), subject.name()),
            (None, Self::Service(service)) => ("service", service.clone()),
            // Blocks and subjects have one.
            (None, _) => ("", String::new()),
        }
    }
}

/// `account bob@shop.example`: what one of these is told of stays in order.
impl std::fmt::Display for Topic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (kind, name) = self.named();
        write!(f, "{kind} {name}")
    }
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happening {
    /// Its place in the order of all; never used again. 0 until it is written.
    pub number: u64,
    /// What.
    pub kind: HappeningKind,
    /// When.
    pub at: Timestamp,
    /// To what.
    pub topic: Topic,
    /// The ticket, when it is about one.
    pub ticket: Option<TicketNote>,
    /// What else it is about.
    pub note: Option<Note>,
}

impl Happening {
    /// What it means that this block is written where that was written before.
    pub fn of_block(before: Option<Before>, block: &Block) -> Option<Self> {
        let kind = HappeningKind::of_block(before, block)?;
        let released = block.released.as_ref().filter(|_| !block.is_active()).map(|(at, _)| *at);
        let adopted = block.adopted().filter(|_| kind == HappeningKind::OwnerFound);
        let at = released.or(adopted).unwrap_or(block.since);
        Some(Self { number: 0, kind, at, topic: Topic::Block(block.clone()), ticket: None, note: None })
    }

    /// Something that is about no ticket.
    pub fn noted(kind: HappeningKind, at: Timestamp, topic: Topic, note: Note) -> Self {
        Self { number: 0, kind, at, topic, ticket: None, note: Some(note) }
    }

    /// A letter about this block did not reach its recipient.
    pub fn bounced(bounce: &Bounce, block: &Block) -> Self {
        Self::noted(HappeningKind::LetterBounced, bounce.at, Topic::Block(block.clone()), Note::Letter(bounce.clone()))
    }

    /// The name it is told under, the same however often it is told. The block's reference, or the time, makes it one of a
    /// kind even where a store was begun anew.
    pub fn id(&self) -> String {
        match &self.topic {
            Topic::Block(block) => format!("evt_{}_{}", block.reference, self.number),
            Topic::Subject(_) | Topic::Service(_) => format!("evt_{}_{}", self.at.0, self.number),
        }
    }

    /// What was written, in a ticket.
    pub fn text(&self) -> Option<&str> {
        self.ticket.as_ref()?.text.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_change_has_happened() {
        let block = testkit::samples::block("one", 1);
        let kind = |before, block: &Block| Happening::of_block(before, block).map(|happened| happened.kind);
        assert_eq!(kind(None, &block), Some(HappeningKind::Blocked));
        assert_eq!(kind(Some(Before::of(&block)), &block), None);
        assert_eq!(kind(None, &Block { strike: 2, ..block.clone() }), Some(HappeningKind::BlockedAgain));
        let awaiting = Block { adoption: Some(Adoption::Awaited), ..block.clone() };
        let found = Block { adoption: Some(Adoption::Settled(Timestamp(7))), ..block.clone() };
        let told = Happening::of_block(Some(Before::of(&awaiting)), &found).unwrap();
        assert_eq!((told.kind, told.at), (HappeningKind::OwnerFound, Timestamp(7)));
        assert_eq!(kind(Some(Before::of(&found)), &found), None);
        let over = testkit::samples::released(block.clone(), 9);
        assert_eq!(kind(Some(Before::of(&block)), &over), Some(HappeningKind::Unblocked));
        assert_eq!(Happening::of_block(None, &over).unwrap().at, Timestamp(9));
    }
}
