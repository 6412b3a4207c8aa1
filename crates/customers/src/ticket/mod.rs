//! The ticket of a blocked account: "Account locked for spam", three questions, an operator's decision. And those that somebody
//! opens: a question, or the result of a diagnosis.
//!
//! `answering -> deciding -> approved | refused -> closed`. The ticket of a block never outlives its meaning: whether
//! it is over is decided by the block's record alone ([`Ticket::follow`]), so what is displayed and what is enforced can't
//! differ. Another one goes to and fro between `answering` (the customer's turn) and `deciding` (the support desk's) until
//! somebody closes it. The state machine is pure; whoever keeps tickets applies what it returns.

mod about;
mod answers;
mod automatic;
mod happened;
mod keys;
mod letter;
mod reply;
mod store;
mod token;

use std::time::Duration;

use limits::LetterKind;
use model::{Block, BlockRef, Timestamp};
use serde::{Deserialize, Serialize};

pub use about::{About, Opening, Whom};
pub use answers::{Answers, Question};
pub use automatic::{Automatic, automatic};
pub use keys::{KeyError, KeyFile};
pub use letter::{News, TicketLetter};
pub use reply::written;
pub use store::{MAX_LETTERS, MAX_OPEN, MAX_OPEN_EACH, OpeningRefused, Step, Stepped, TicketStore};
pub use token::{Addressee, ReplyBox, ReplyKey, ReplyTokens};

/// Where a ticket stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum TicketState {
    /// The customer has questions to answer, or something was written to him.
    Answering,
    /// All is answered, or the customer has written: an operator decides or answers.
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
    /// The Message-ID of the mail it came in, at most [`Ticket::MAX_MESSAGE_ID`] bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
}

/// A customer's reply by mail.
#[derive(Debug, Clone, Copy)]
pub struct Reply<'m> {
    /// Its text, quotes included.
    pub text: &'m str,
    /// Its Message-ID; mail without one can't be recognised when it comes again.
    pub message_id: Option<&'m str>,
}

impl Reply<'_> {
    fn bounded_id(&self) -> Option<String> {
        self.message_id.map(|id| model::names::bounded(id, Ticket::MAX_MESSAGE_ID).to_owned())
    }
}

impl Message {
    fn follows_soon(&self, at: Timestamp) -> bool {
        self.from == Author::Customer && at.since(self.at) < Ticket::SOON
    }
}

/// A ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Its number, from 1.
    pub id: u64,
    /// What it is about.
    #[serde(flatten)]
    pub about: About,
    /// Whom it concerns: whom the block stops, or whom something was asked about.
    pub subject: Whom,
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
    /// There is nothing in it.
    #[error("there is nothing in the message")]
    NothingToSay,
    /// Only a block is approved or refused.
    #[error("ticket {id} is about no block: there is nothing to approve or to refuse, answer or close it")]
    NoBlock {
        /// The ticket.
        id: u64,
    },
    /// What is open can't be opened again.
    #[error("ticket {id} is open")]
    Open {
        /// The ticket.
        id: u64,
    },
    /// Its block is over, and so is the ticket.
    #[error("the block of ticket {id} is over: there is nothing left to decide; open a new ticket")]
    BlockOver {
        /// The ticket.
        id: u64,
    },
    /// It has as many messages as are kept.
    #[error("ticket {id} has {} messages already: no more are kept", Ticket::MAX_MESSAGES)]
    Full {
        /// The ticket.
        id: u64,
    },
}

impl Ticket {
    /// The subject of every ticket that a block opens.
    pub const SUBJECT: &'static str = "Account locked for spam";
    /// What the subject of a ticket with the result of a diagnosis begins with.
    pub const DIAGNOSIS: &'static str = "Diagnosis";
    /// A longer message is cut, in bytes.
    pub const MAX_BODY: usize = 8 * 1024;
    /// More messages are not kept.
    pub const MAX_MESSAGES: usize = 200;
    /// A longer Message-ID is cut, in bytes.
    pub const MAX_MESSAGE_ID: usize = 250;
    /// A mail that answers nothing new and follows another so soon is not answered: a program may be writing.
    const SOON: Duration = Duration::from_secs(3600);

    /// A ticket that begins with a block.
    pub fn opened(id: u64, block: &Block) -> Self {
        Self {
            id,
            about: About::Block { block: block.reference.clone() },
            subject: Whom::Subject(block.subject.clone()),
            opened: block.since,
            updated: block.since,
            state: TicketState::Answering,
            answers: Answers::default(),
            messages: Vec::new(),
        }
    }

    /// A ticket that somebody opens. What an operator asks is for the customer to answer, all else for the support desk.
    pub fn begun(id: u64, opening: &Opening, at: Timestamp) -> Self {
        let asked = matches!(opening.about, About::Question { .. }) && opening.author == Author::Support;
        let mut ticket = Self {
            id,
            about: opening.about.clone(),
            subject: opening.whom.clone(),
            opened: at,
            updated: at,
            state: if asked { TicketState::Answering } else { TicketState::Deciding },
            answers: Answers::default(),
            messages: Vec::new(),
        };
        ticket.keep(opening.author, &opening.text, at);
        ticket
    }

    /// The block it is about.
    pub fn block(&self) -> Option<&BlockRef> {
        match &self.about {
            About::Block { block } => Some(block),
            About::Diagnosis { .. } | About::Question { .. } => None,
        }
    }

    /// What it is about, in a line.
    pub fn title(&self) -> String {
        match &self.about {
            About::Block { .. } => format!("{}: {}", Self::SUBJECT, self.subject.name()),
            About::Diagnosis { .. } => format!("{} of {}", Self::DIAGNOSIS, self.subject.name()),
            About::Question { title } => title.clone(),
        }
    }

    /// Whether the block's record says that it is over: approved when the block was released through it, else closed.
    /// Returns what is to be written to the customer.
    pub fn follow(&mut self, block: &Block) -> Option<LetterKind> {
        let (at, by) = block.released.as_ref().filter(|_| !block.is_active())?;
        self.is_open().and_then(|()| self.is_of_block()).ok()?;
        self.updated = *at;
        let approved = *by == limits::Releaser::Ticket.as_str();
        self.state = if approved { TicketState::Approved } else { TicketState::Closed };
        approved.then_some(LetterKind::Approved)
    }

    /// The customer has written. What he has answered is kept; a refused ticket is up for decision again once he has. Returns
    /// what is to be written to him: nothing where nothing was asked of him.
    ///
    /// # Errors
    /// When the ticket is over.
    pub fn replied(&mut self, text: &str, at: Timestamp) -> Result<Option<LetterKind>, StepRefused> {
        self.is_open()?;
        self.keep(Author::Customer, &written(text), at);
        if self.block().is_none() {
            self.state = TicketState::Deciding;
            return Ok(None);
        }
        self.answers = self.answers.updated(&Answers::read(text));
        self.state = self.turn();
        if self.answers.are_complete() {
            return Ok(Some(LetterKind::Received));
        }
        Ok(Some(LetterKind::Missing(self.answers.missing().map(Question::number).collect())))
    }

    /// Whose turn it is by the three answers.
    fn turn(&self) -> TicketState {
        if self.answers.are_complete() { TicketState::Deciding } else { TicketState::Answering }
    }

    /// It is taken up again, by somebody with something to say. Whoever keeps tickets lets none be open whose block is over.
    ///
    /// # Errors
    /// When it is open, was approved, or there is nothing in the text.
    pub fn reopened(&mut self, by: Author, text: &str, at: Timestamp) -> Result<Option<LetterKind>, StepRefused> {
        match self.state {
            TicketState::Closed => {}
            TicketState::Approved => return Err(StepRefused::BlockOver { id: self.id }),
            _ => return Err(StepRefused::Open { id: self.id }),
        }
        let before = self.state.clone();
        self.state = self.turn();
        let said = match by {
            Author::Customer if text.trim().is_empty() => Err(StepRefused::NothingToSay),
            Author::Customer => self.replied(text, at),
            Author::Support => self.support_wrote(text, at).map(Some),
        };
        if said.is_err() {
            self.state = before;
        }
        said
    }

    /// The customer's mail has come, perhaps not for the first time: a mail server that lost our answer sends it once more.
    /// Returns what is to be written to him; nothing when it was taken before, or when it answers nothing new soon after
    /// another one.
    ///
    /// # Errors
    /// When the ticket is over, or keeps no more messages.
    pub fn mailed(&mut self, mail: &Reply<'_>, at: Timestamp) -> Result<Option<LetterKind>, StepRefused> {
        if self.has_taken(mail) {
            return Ok(None);
        }
        self.is_open()?;
        if self.messages.len() >= Self::MAX_MESSAGES {
            return Err(StepRefused::Full { id: self.id });
        }
        let is_soon = self.messages.last().is_some_and(|last| last.follows_soon(at));
        let before = self.answers.clone();
        let letter = self.replied(mail.text, at)?;
        if let Some(kept) = self.messages.last_mut() {
            kept.message_id = mail.bounded_id();
        }
        Ok(letter.filter(|_| before != self.answers || !is_soon))
    }

    /// Whether that mail is one of its messages.
    pub fn has_taken(&self, mail: &Reply<'_>) -> bool {
        let id = mail.bounded_id();
        id.is_some() && self.messages.iter().any(|message| message.message_id == id)
    }

    /// The support desk has written.
    ///
    /// # Errors
    /// When the ticket is over.
    pub fn support_wrote(&mut self, text: &str, at: Timestamp) -> Result<LetterKind, StepRefused> {
        self.is_open()?;
        let text = model::names::bounded(text.trim(), Self::MAX_BODY);
        if text.is_empty() {
            return Err(StepRefused::NothingToSay);
        }
        self.keep(Author::Support, text, at);
        if self.block().is_none() {
            self.state = TicketState::Answering;
        }
        Ok(LetterKind::Answer(text.to_owned()))
    }

    /// An operator keeps the account blocked.
    ///
    /// # Errors
    /// When the ticket is over, about no block, or there is no reason.
    pub fn refuse(&mut self, reason: &str, at: Timestamp) -> Result<LetterKind, StepRefused> {
        self.is_open()?;
        self.is_of_block()?;
        let reason = model::names::bounded(reason.trim(), Self::MAX_BODY);
        if reason.is_empty() {
            return Err(StepRefused::NoReason);
        }
        self.keep(Author::Support, reason, at);
        self.state = TicketState::Refused { reason: reason.to_owned() };
        Ok(LetterKind::Refused(reason.to_owned()))
    }

    /// An operator takes no more answers; the account stays blocked until somebody releases it.
    ///
    /// # Errors
    /// When the ticket is over.
    pub fn close(&mut self, at: Timestamp) -> Result<(), StepRefused> {
        self.is_open()?;
        (self.state, self.updated) = (TicketState::Closed, at);
        Ok(())
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

    /// Whether there is something to approve or to refuse.
    ///
    /// # Errors
    /// When no block has opened it.
    pub fn is_of_block(&self) -> Result<(), StepRefused> {
        self.block().map(|_| ()).ok_or(StepRefused::NoBlock { id: self.id })
    }

    fn keep(&mut self, from: Author, body: &str, at: Timestamp) {
        self.updated = at;
        if self.messages.len() < Self::MAX_MESSAGES {
            let body = model::names::bounded(body.trim(), Self::MAX_BODY).to_owned();
            self.messages.push(Message { at, from, body, message_id: None });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ticket() -> Ticket {
        Ticket::opened(1, &testkit::samples::block("k3x9", 0))
    }

    #[test]
    fn answers_lead_to_a_decision() {
        let mut ticket = ticket();
        let missing = ticket.replied("1. no\n2. no\n", Timestamp(1)).unwrap();
        assert_eq!(missing, Some(LetterKind::Missing(vec![3])));
        assert_eq!(ticket.replied("3. yes\n", Timestamp(2)).unwrap(), Some(LetterKind::Received));
        assert_eq!(ticket.state, TicketState::Deciding);
        let mut block = testkit::samples::block("k3x9", 0);
        assert_eq!(ticket.follow(&block), None, "it still stops him");
        block = testkit::samples::released(block, 3);
        block.released = Some((Timestamp(3), "ticket".into()));
        assert_eq!(ticket.follow(&block), Some(LetterKind::Approved));
        assert_eq!(ticket.follow(&block), None, "once");
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
        assert_eq!(ticket.replied("I have done so.", Timestamp(3)).unwrap(), Some(LetterKind::Received));
        assert_eq!(ticket.messages.len(), 3);
        ticket.follow(&testkit::samples::released(testkit::samples::block("k3x9", 0), 9));
        assert_eq!(ticket.state, TicketState::Closed, "an operator has released it by hand");
    }

    #[test]
    fn a_mail_is_taken_once_and_programs_are_not_answered_for_ever() {
        let mut ticket = ticket();
        let mail = |text: &'static str, id: &'static str| Reply { text, message_id: Some(id) };
        let missing = Some(LetterKind::Missing(vec![2, 3]));
        assert_eq!(ticket.mailed(&mail("1. no\n", "<1@shop.example>"), Timestamp(0)), Ok(missing));
        assert_eq!(ticket.mailed(&mail("1. no\n", "<1@shop.example>"), Timestamp(1)), Ok(None), "it came before");
        assert_eq!(ticket.messages.len(), 1);
        assert_eq!(ticket.mailed(&mail("I am away.", "<2@shop.example>"), Timestamp(2)), Ok(None), "soon, nothing new");
        assert_eq!(ticket.messages.len(), 2, "kept all the same");
        let told = ticket.has_stepped(true, None, Some(&block(false)));
        assert_eq!(told.kind, limits::HappeningKind::TicketAnswered, "no letter follows, and it goes on");
        let answered = ticket.mailed(&mail("2. no\n3. no\n", "<3@shop.example>"), Timestamp(3));
        assert_eq!(answered, Ok(Some(LetterKind::Received)));
        let later = ticket.mailed(&mail("Please!", "<4@shop.example>"), Timestamp(4 + 3_600_000));
        assert_eq!(later, Ok(Some(LetterKind::Received)));
        ticket.close(Timestamp(5)).unwrap();
        assert_eq!(ticket.has_stepped(true, None, Some(&block(false))).kind, limits::HappeningKind::TicketClosed);
        assert_eq!(ticket.mailed(&mail("Please!", "<4@shop.example>"), Timestamp(6)), Ok(None));
        assert!(ticket.mailed(&mail("Hello?", "<5@shop.example>"), Timestamp(7)).is_err());
    }

    #[test]
    fn mail_beyond_what_is_kept_is_refused() {
        let mut ticket = ticket();
        let mail = Reply { text: "hello", message_id: None };
        for at in 0..Ticket::MAX_MESSAGES {
            ticket.mailed(&mail, Timestamp(at as i64)).unwrap();
        }
        assert_eq!(ticket.mailed(&mail, Timestamp(1000)), Err(StepRefused::Full { id: 1 }));
    }

    fn question(author: Author) -> Ticket {
        let whom = Whom::Service { service: "hosting-4711".into() };
        Ticket::begun(7, &Opening::question(whom, "Why?", author, "1. no 2. no 3. no").unwrap(), Timestamp(1))
    }

    #[test]
    fn a_ticket_without_a_block_goes_to_and_fro() {
        let mut ticket = question(Author::Customer);
        assert_eq!((ticket.state.clone(), ticket.messages.len()), (TicketState::Deciding, 1));
        assert_eq!(ticket.refuse("no", Timestamp(2)), Err(StepRefused::NoBlock { id: 7 }));
        assert_eq!(ticket.support_wrote("Because.", Timestamp(2)), Ok(LetterKind::Answer("Because.".into())));
        assert_eq!(ticket.state, TicketState::Answering);
        let mail = Reply { text: "1. no\n2. no\n3. no\n", message_id: Some("<1@shop.example>") };
        assert_eq!(ticket.mailed(&mail, Timestamp(3)), Ok(None), "nothing was asked, nothing is missing");
        assert_eq!((ticket.state.clone(), ticket.answers.clone()), (TicketState::Deciding, Answers::default()));
        assert_eq!(question(Author::Support).state, TicketState::Answering);
        assert_eq!(ticket.follow(&block(true)), None, "no block is its own");
        assert_eq!(ticket.state, TicketState::Deciding);
    }

    #[test]
    fn what_was_closed_can_be_taken_up_again() {
        let mut ticket = question(Author::Customer);
        assert_eq!(ticket.reopened(Author::Customer, "?", Timestamp(2)), Err(StepRefused::Open { id: 7 }));
        ticket.close(Timestamp(2)).unwrap();
        let closed = ticket.clone();
        assert_eq!(ticket.reopened(Author::Customer, " ", Timestamp(3)), Err(StepRefused::NothingToSay));
        assert_eq!(ticket, closed);
        assert_eq!(ticket.reopened(Author::Customer, "Still.", Timestamp(3)), Ok(None));
        assert_eq!((ticket.state.clone(), ticket.messages.len()), (TicketState::Deciding, 2));
        let told = ticket.has_stepped(false, None, None);
        assert_eq!((told.kind, told.text()), (limits::HappeningKind::TicketReopened, Some("Still.")));
        let mut of_block = self::ticket();
        of_block.close(Timestamp(2)).unwrap();
        let letter = of_block.reopened(Author::Support, "Please answer.", Timestamp(3)).unwrap();
        assert_eq!(
            (letter, of_block.state),
            (Some(LetterKind::Answer("Please answer.".into())), TicketState::Answering)
        );
    }

    fn block(over: bool) -> Block {
        let block = testkit::samples::block("k3x9", 0);
        if over { testkit::samples::released(block, 9) } else { block }
    }

    #[derive(Debug, Clone)]
    enum Step {
        Reply(String),
        Follow(bool),
        Refuse(String),
        Write(String),
        Close,
        Reopen(bool, String),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            6 => prop_oneof!["(?s).{0,60}", "([123]\\. (yes|no)\n){0,3}"].prop_map(Step::Reply),
            1 => any::<bool>().prop_map(Step::Follow),
            2 => "[ a-z]{0,10}".prop_map(Step::Refuse),
            1 => "(?s).{0,60}".prop_map(Step::Write),
            1 => Just(Step::Close),
            1 => (any::<bool>(), "(?s).{0,60}").prop_map(|(customer, text)| Step::Reopen(customer, text)),
        ]
    }

    proptest! {
        #[test]
        fn what_is_over_stays_over_and_no_answer_is_lost(of_block: bool, steps in prop::collection::vec(step(), 0..300)) {
            let mut ticket = if of_block { ticket() } else { question(Author::Customer) };
            for (at, step) in steps.into_iter().enumerate() {
                let (before, at) = (ticket.clone(), Timestamp(at as i64));
                let reopens = matches!(step, Step::Reopen(..));
                let _ = match step {
                    Step::Reply(text) => ticket.replied(&text, at).map(|_| ()),
                    Step::Follow(over) => { ticket.follow(&block(over)); Ok(()) }
                    Step::Refuse(reason) => ticket.refuse(&reason, at).map(|_| ()),
                    Step::Write(text) => ticket.support_wrote(&text, at).map(|_| ()),
                    Step::Close => ticket.close(at),
                    Step::Reopen(true, text) => ticket.reopened(Author::Customer, &text, at).map(|_| ()),
                    Step::Reopen(false, text) => ticket.reopened(Author::Support, &text, at).map(|_| ()),
                };
                prop_assert!(before.is_open().is_ok() || before == ticket || (reopens && before.state == TicketState::Closed));
                prop_assert!(Question::ALL.iter().all(|q| before.answers.get(*q).is_none() || ticket.answers.get(*q).is_some()));
                prop_assert!(!of_block || ticket.state != TicketState::Deciding || ticket.answers.are_complete());
                prop_assert!(ticket.messages.len() <= Ticket::MAX_MESSAGES && ticket.messages.starts_with(&before.messages));
                let json = serde_json::to_string(&ticket).unwrap();
                prop_assert_eq!(serde_json::from_str::<Ticket>(&json).unwrap(), ticket.clone());
            }
        }
    }
}
