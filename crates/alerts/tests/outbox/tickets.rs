//! Letters about tickets that no block has opened go the way of all letters.

use std::sync::Arc;
use std::time::Duration;

use alerts::Figures;
use customers::ticket::{About, Addressee, Author, Opening, ReplyBox, ReplyKey, ReplyTokens, Ticket, Whom};
use customers::{Address, Language};
use limits::{AlertJob, Bounce, LetterState, Matter};
use model::Timestamp;
use testkit::{Stage, samples};

use crate::desk::latest;
use crate::many::customers;
use crate::{Bench, MINUTE, START};

const DAY: Duration = Duration::from_secs(86_400);

pub(crate) fn mailbox() -> Arc<ReplyBox> {
    let tokens = ReplyTokens::new(vec![ReplyKey::new(b"secret", None)]);
    Arc::new(ReplyBox::new(&Address::parse("support@reply.provider.example").unwrap(), Arc::new(tokens)).unwrap())
}

impl Bench {
    /// A question about bob's account, from the support desk.
    fn ticket(&self) -> Ticket {
        let whom = Whom::Subject(samples::account("bob@shop.example"));
        let about = About::Question { title: "Mail is slow".into() };
        let opening = Opening { whom, about, author: Author::Support, text: "Since when?".into() };
        self.store.open_ticket(&opening, "mx1.provider.example", Timestamp(START)).unwrap().unwrap()
    }

    fn letter_of(&self, ticket: &Ticket) -> AlertJob {
        self.store.letters_of(&Matter::Ticket(ticket.id)).unwrap().remove(0)
    }
}

#[tokio::test]
async fn they_are_counted_tried_again_given_up_and_told_in_the_digest() {
    let bench = Bench::new().await;
    bench.relay.answer(Stage::Mail, "550 5.7.1 not you");
    let ticket = bench.ticket();
    bench.outbox.flush().await;
    assert_eq!(bench.outbox.figures(), Figures { depth: 1, failed: 1, ..Figures::default() });
    bench.after(MINUTE).await;
    assert_eq!(bench.outbox.figures().failed, 2);
    bench.after(5 * DAY).await;
    assert_eq!(bench.outbox.figures(), Figures { failed: 2, given_up: 1, ..Figures::default() });
    assert!(bench.lines().pop().unwrap().starts_with("alerts give up: the letter about ticket 1 is given up: "));
    assert!(bench.letter_of(&ticket).given_up.is_some());
    bench.relay.work();
    bench.after(DAY).await;
    let digest = bench.relay.mails().pop().unwrap();
    assert!(digest.text.contains("bob@shop.example (opened): the relay "), "{}", digest.text);
}

#[tokio::test]
async fn an_operator_sees_whom_they_have_reached_and_sends_or_gives_up_them_too() {
    let bench = Bench::new().await;
    bench.relay.close_at(Stage::Greeting);
    let about = Matter::Ticket(bench.ticket().id);
    bench.outbox.flush().await;
    bench.outbox.give_up(&about, 0).unwrap();
    assert_eq!(latest(&bench).state(), LetterState::GivenUp);
    bench.relay.work();
    bench.outbox.send_now(&about, 0).unwrap();
    bench.outbox.flush().await;
    let posted = latest(&bench);
    assert_eq!((posted.state(), posted.letter.about), (LetterState::Sent, about.clone()));
    assert_eq!(posted.letter.told, ["bob@shop.example", "postmaster"]);
    assert!(bench.outbox.sent_by_kind().contains(&("opened", 1)));
    let refused = bench.outbox.send_now(&about, 0).unwrap_err();
    assert_eq!(refused.to_string(), "letter 0 of ticket 1 was sent already");
    assert_eq!(bench.outbox.give_up(&about, 5).unwrap_err().to_string(), "ticket 1 has no letter 5");
}

#[tokio::test]
async fn what_comes_back_of_them_is_known_by_its_address_and_stands_in_the_digest() {
    let bench = Bench::new().await;
    bench.outbox.reconfigure(bench.post().with_replies(Some(mailbox())));
    let ticket = bench.ticket();
    bench.outbox.flush().await;
    let sent = bench.relay.mails().pop().unwrap();
    let Some(Addressee::Letter(about, letter)) = mailbox().addressee(&sent.from, Timestamp(START)) else {
        panic!("{} is no address of a letter", sent.from)
    };
    assert_eq!((&about, letter), (&Matter::Ticket(ticket.id), 0));
    let (status, said) = ("5.1.1".into(), "550 no such user".into());
    let at = Timestamp(START).after(MINUTE);
    let bounce = Bounce { about, letter, recipient: "bob@shop.example".into(), at, status, said };
    assert!(bench.store.note_bounce(&bounce).unwrap());
    assert_eq!(latest(&bench).state(), LetterState::Bounced);
    bench.after(DAY).await;
    let digest = bench.relay.mails().pop().unwrap();
    assert!(digest.text.contains("did not reach their recipients:"), "{}", digest.text);
    assert!(digest.text.contains("bob@shop.example: to bob@shop.example: 5.1.1 550 no such user"), "{}", digest.text);
    bench.after(DAY).await;
    let next = bench.relay.mails().pop().unwrap();
    assert!(!next.text.contains("5.1.1"), "it is told once: {}", next.text);
}

#[tokio::test]
async fn what_was_said_first_is_told_first() {
    let mut bench = Bench::new().await;
    bench.customers = Some(customers(Language::En));
    bench.outbox.reconfigure(bench.post());
    let ticket = bench.ticket();
    bench.store.step(ticket.id, &|ticket| ticket.support_wrote("Still there?", Timestamp(START)).map(Some)).unwrap();
    bench.outbox.flush().await;
    let told: Vec<_> = bench.relay.mails().into_iter().map(|mail| mail.text).collect();
    assert_eq!(told.len(), 2);
    assert!(told[0].contains("Since when?") && told[1].contains("Still there?"));
    assert!(told[1].contains("In-Reply-To: <ticket-1@mx1.provider.example>"), "{}", told[1]);
}
