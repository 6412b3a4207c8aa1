//! The ticket of a blocked account: "Account locked for spam", three questions, an operator's decision.
//!
//! `answering -> deciding -> approved | refused -> closed`. A ticket belongs to one block and never outlives its meaning: when
//! the block ends otherwise, the ticket closes. The state machine is pure; whoever keeps tickets applies what it returns.

mod answers;
mod automatic;
mod reply;
mod token;

use model::{BlockRef, SubjectKey, Timestamp};
use serde::{Deserialize, Serialize};

pub use answers::{Answers, Question};
pub use automatic::{Automatic, automatic};
pub use reply::written;
pub use token::ReplyTokens;

/// Where a ticket stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum TicketState {
    /// The customer has questions to answer.
    Answering,
    /// All is answered; an operator decides.
    Deciding,
    /// An operator has released the account.
    Approved,
    /// An operator has not, for this reason; the customer may answer again.
    Refused {
        /// What the customer is told.
        reason: String,
    },
    /// It is over.
    Closed,
}

impl TicketState {
    /// The state's word.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Answering => "answering",
            Self::Deciding => "deciding",
            Self::Approved => "approved",
            Self::Refused { .. } => "refused",
            Self::Closed => "closed",
        }
    }
}

/// Who wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// The customer.
    Customer,
    /// The support desk, or this program in its name.
    Support,
}

/// One message of a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub from: Author,
    /// What, quotes left out, at most [`Ticket::MAX_BODY`] bytes.
    pub body: String,
}

/// A ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Its number, from 1.
    pub id: u64,
    /// The block it is about.
    pub block: BlockRef,
    /// Whom the block stops.
    pub subject: SubjectKey,
    /// The service that owns it; empty when unknown.
    pub service: String,
    /// When it was opened.
    pub opened: Timestamp,
    /// When something happened last.
    pub updated: Timestamp,
    /// Where it stands.
    #[serde(flatten)]
    pub state: TicketState,
    /// What was answered.
    pub answers: Answers,
    /// What was written, oldest first, at most [`Ticket::MAX_MESSAGES`]; later ones are answered but not kept.
    pub messages: Vec<Message>,
}

/// What has to be written to the customer after a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reaction {
    /// These questions are still open.
    Missing(Vec<Question>),
    /// All is answered; somebody decides.
    Complete,
    /// The account was released.
    Released,
    /// It was not, for this reason.
    Refused(String),
}

/// Why a step was not taken. The sentence is for whoever asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StepRefused {
    /// The ticket is over.
    #[error("ticket {id} is {state} already")]
    Over {
        /// The ticket.
        id: u64,
        /// Its state's word.
        state: &'static str,
    },
    /// A refusal needs a reason.
    #[error("a refusal needs a reason that the customer can act on")]
    NoReason,
}

impl Ticket {
    /// The subject of every ticket that a block opens.
    pub const SUBJECT: &'static str = "Account locked for spam";
    /// A longer message is cut, in bytes.
    pub const MAX_BODY: usize = 8 * 1024;
    /// More messages are not kept.
    pub const MAX_MESSAGES: usize = 200;

    /// A ticket that begins with a block.
    pub fn opened(id: u64, block: BlockRef, subject: SubjectKey, service: String, at: Timestamp) -> Self {
        Self {
            id,
            block,
            subject,
            service,
            opened: at,
            updated: at,
            state: TicketState::Answering,
            answers: Answers::default(),
            messages: Vec::new(),
        }
    }

    /// The customer has written. What he has answered is kept; a refused ticket is up for decision again once he has.
    ///
    /// # Errors
    /// When the ticket is over.
    pub fn replied(&mut self, text: &str, at: Timestamp) -> Result<Reaction, StepRefused> {
        self.is_open()?;
        self.keep(Author::Customer, &written(text), at);
        self.answers = self.answers.updated(&Answers::read(text));
        if self.answers.are_complete() {
            self.state = TicketState::Deciding;
            return Ok(Reaction::Complete);
        }
        self.state = TicketState::Answering;
        Ok(Reaction::Missing(self.answers.missing().collect()))
    }

    /// The support desk has written.
    ///
    /// # Errors
    /// When the ticket is over.
    pub fn support_wrote(&mut self, text: &str, at: Timestamp) -> Result<(), StepRefused> {
        self.is_open()?;
        self.keep(Author::Support, text, at);
        Ok(())
    }

    /// An operator releases the account, whatever was answered.
    ///
    /// # Errors
    /// When the ticket is over.
    pub fn approve(&mut self, at: Timestamp) -> Result<Reaction, StepRefused> {
        self.is_open()?;
        (self.state, self.updated) = (TicketState::Approved, at);
        Ok(Reaction::Released)
    }

    /// An operator keeps the account blocked.
    ///
    /// # Errors
    /// When the ticket is over, or there is no reason.
    pub fn refuse(&mut self, reason: &str, at: Timestamp) -> Result<Reaction, StepRefused> {
        self.is_open()?;
        let reason = model::names::bounded(reason.trim(), Self::MAX_BODY);
        if reason.is_empty() {
            return Err(StepRefused::NoReason);
        }
        self.keep(Author::Support, reason, at);
        self.state = TicketState::Refused { reason: reason.to_owned() };
        Ok(Reaction::Refused(reason.to_owned()))
    }

    /// The block has ended, or an operator has no more use for the ticket. An approved one stays approved.
    pub fn close(&mut self, at: Timestamp) {
        if self.is_open().is_ok() {
            (self.state, self.updated) = (TicketState::Closed, at);
        }
    }

    /// Whether anything can still happen.
    ///
    /// # Errors
    /// When the ticket is over.
    pub fn is_open(&self) -> Result<(), StepRefused> {
        match self.state {
            TicketState::Approved | TicketState::Closed => {
                Err(StepRefused::Over { id: self.id, state: self.state.as_str() })
            }
            TicketState::Answering | TicketState::Deciding | TicketState::Refused { .. } => Ok(()),
        }
    }

    fn keep(&mut self, from: Author, body: &str, at: Timestamp) {
        self.updated = at;
        if self.messages.len() < Self::MAX_MESSAGES {
            let body = model::names::bounded(body.trim(), Self::MAX_BODY).to_owned();
            self.messages.push(Message { at, from, body });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::SubjectKind;
    use proptest::prelude::*;

    fn ticket() -> Ticket {
        let subject = SubjectKey::parse(SubjectKind::Account, "bob@shop.example").unwrap();
        Ticket::opened(1, BlockRef::new("k3x9").unwrap(), subject, "hosting-4711".into(), Timestamp(0))
    }

    #[test]
    fn answers_lead_to_a_decision() {
        let mut ticket = ticket();
        let missing = ticket.replied("1. no\n2. no\n", Timestamp(1)).unwrap();
        assert_eq!(missing, Reaction::Missing(vec![Question::Replied]));
        assert_eq!(ticket.replied("3. yes\n", Timestamp(2)).unwrap(), Reaction::Complete);
        assert_eq!(ticket.state, TicketState::Deciding);
        assert_eq!(ticket.approve(Timestamp(3)).unwrap(), Reaction::Released);
        let over = ticket.replied("hello?", Timestamp(4)).unwrap_err();
        assert_eq!(over.to_string(), "ticket 1 is approved already");
    }

    #[test]
    fn a_refusal_needs_a_reason_and_can_be_answered() {
        let mut ticket = ticket();
        ticket.replied("no, no, no", Timestamp(1)).unwrap();
        assert_eq!(ticket.refuse(" ", Timestamp(2)), Err(StepRefused::NoReason));
        ticket.refuse("Change the password first.", Timestamp(2)).unwrap();
        assert!(matches!(ticket.state, TicketState::Refused { .. }));
        assert_eq!(ticket.replied("I have done so.", Timestamp(3)).unwrap(), Reaction::Complete);
        assert_eq!(ticket.messages.len(), 3);
    }

    #[derive(Debug, Clone)]
    enum Step {
        Reply(String),
        Approve,
        Refuse(String),
        Write(String),
        Close,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            6 => prop_oneof!["(?s).{0,60}", "([123]\\. (yes|no)\n){0,3}"].prop_map(Step::Reply),
            1 => Just(Step::Approve),
            2 => "[ a-z]{0,10}".prop_map(Step::Refuse),
            1 => "(?s).{0,60}".prop_map(Step::Write),
            1 => Just(Step::Close),
        ]
    }

    proptest! {
        #[test]
        fn what_is_over_stays_over_and_no_answer_is_lost(steps in prop::collection::vec(step(), 0..300)) {
            let mut ticket = ticket();
            for (at, step) in steps.into_iter().enumerate() {
                let (before, at) = (ticket.clone(), Timestamp(at as i64));
                let _ = match step {
                    Step::Reply(text) => ticket.replied(&text, at).map(|_| ()),
                    Step::Approve => ticket.approve(at).map(|_| ()),
                    Step::Refuse(reason) => ticket.refuse(&reason, at).map(|_| ()),
                    Step::Write(text) => ticket.support_wrote(&text, at),
                    Step::Close => { ticket.close(at); Ok(()) }
                };
                prop_assert!(before.is_open().is_ok() || before == ticket);
                prop_assert!(Question::ALL.iter().all(|q| before.answers.get(*q).is_none() || ticket.answers.get(*q).is_some()));
                prop_assert!(ticket.state != TicketState::Deciding || ticket.answers.are_complete());
                prop_assert!(ticket.messages.len() <= Ticket::MAX_MESSAGES && ticket.messages.starts_with(&before.messages));
                let json = serde_json::to_string(&ticket).unwrap();
                prop_assert_eq!(serde_json::from_str::<Ticket>(&json).unwrap(), ticket.clone());
            }
        }
    }
}
