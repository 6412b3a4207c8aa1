//! The state machine, by example and by any sequence of steps.

use limits::LetterKind;
use model::{Block, Timestamp};
use proptest::prelude::*;

use super::*;

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
    let thanks = Reply {
        text: "Thanks a lot!",
        author: None,
        sender: "",
        message_id: Some("<thanks@shop.example>"),
        attached: &[],
    };
    assert_eq!(ticket.mailed(&thanks, Timestamp(4)), Ok(None));
    assert_eq!((ticket.messages.last().unwrap().body.as_str(), ticket.state.as_str()), ("Thanks a lot!", "approved"));
    let told = ticket.has_stepped(false, None, Some(&block));
    assert_eq!(told.kind, limits::HappeningKind::TicketAnswered);
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
    let mail = |text: &'static str, id: &'static str| Reply {
        text,
        author: None,
        sender: "",
        message_id: Some(id),
        attached: &[],
    };
    let missing = Some(LetterKind::Missing(vec![2, 3]));
    assert_eq!(ticket.mailed(&mail("1. no\n", "<1@shop.example>"), Timestamp(0)), Ok(missing));
    assert_eq!(ticket.mailed(&mail("1. no\n", "<1@shop.example>"), Timestamp(1)), Ok(None), "it came before");
    assert_eq!(ticket.messages.len(), 1);
    let read = ticket.mailed(&mail("I am away.", "<2@shop.example>"), Timestamp(2));
    assert_eq!(read, Ok(Some(LetterKind::Received)), "told once what is missing, he writes again: somebody reads it");
    assert_eq!(ticket.state, TicketState::Deciding);
    assert_eq!(ticket.mailed(&mail("I am away.", "<6@shop.example>"), Timestamp(2)), Ok(None), "soon, nothing new");
    assert_eq!(ticket.messages.len(), 3, "kept all the same");
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
fn it_is_kept_whose_address_a_reply_came_from_and_whether_that_is_the_locked_account() {
    let mut ticket = ticket();
    let mut came = |author: Option<&str>, sender: &str| {
        let mail = Reply { text: "hello", author, sender, message_id: None, attached: &[] };
        ticket.mailed(&mail, Timestamp(1)).unwrap();
        let last = ticket.messages.last().unwrap();
        (last.address.clone(), last.by_account)
    };
    let owner = Some("owner@owner.example".to_owned());
    assert_eq!(came(Some("owner@owner.example"), "owner@owner.example"), (owner.clone(), false));
    assert_eq!(came(Some("owner@owner.example"), "Bob@Shop.example"), (owner, true), "one of both is enough");
    assert_eq!(came(None, "bob@shop.example"), (Some("bob@shop.example".into()), true));
    assert_eq!(came(None, ""), (None, false));
    assert_eq!(came(Some(&"x".repeat(999)), "").0.map(|address| address.len()), Some(320));
    ticket.replied("by the console", Timestamp(2)).unwrap();
    assert_eq!(ticket.messages.last().unwrap().address, None);
}

#[test]
fn mail_beyond_what_is_kept_is_refused() {
    let mut ticket = ticket();
    let mail = Reply { text: "hello", author: None, sender: "", message_id: None, attached: &[] };
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
    let mail = Reply {
        text: "1. no\n2. no\n3. no\n",
        author: None,
        sender: "",
        message_id: Some("<1@shop.example>"),
        attached: &[],
    };
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
    assert_eq!((letter, of_block.state), (Some(LetterKind::Answer("Please answer.".into())), TicketState::Answering));
}

#[test]
fn whose_turn_it_is_does_not_begin_anew_with_each_message() {
    let mut ticket = question(Author::Customer);
    ticket.replied("Hello?", Timestamp(5)).unwrap();
    assert_eq!((ticket.since, ticket.updated), (Timestamp(1), Timestamp(5)), "he has waited since he asked");
    ticket.support_wrote("Because.", Timestamp(6)).unwrap();
    ticket.support_wrote("And because.", Timestamp(7)).unwrap();
    assert_eq!(ticket.since, Timestamp(6));
    ticket.close(Timestamp(8)).unwrap();
    assert_eq!(ticket.reopened(Author::Customer, " ", Timestamp(9)), Err(StepRefused::NothingToSay));
    assert_eq!(ticket.since, Timestamp(8), "nothing has happened");
    ticket.reopened(Author::Customer, "Still.", Timestamp(9)).unwrap();
    assert_eq!(ticket.since, Timestamp(9));
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
            let is_word = |message: &&Message| message.from == Author::Customer && !message.body.is_empty();
            let has_insisted = ticket.messages.iter().filter(is_word).count() > 1;
            let decides = ticket.answers.are_complete() || has_insisted;
            prop_assert!(!of_block || ticket.state != TicketState::Deciding || decides);
            prop_assert!(ticket.messages.len() <= Ticket::MAX_MESSAGES && ticket.messages.starts_with(&before.messages));
            let json = serde_json::to_string(&ticket).unwrap();
            prop_assert_eq!(serde_json::from_str::<Ticket>(&json).unwrap(), ticket.clone());
        }
    }
}
