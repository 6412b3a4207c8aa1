//! What every store promises of tickets: they begin, follow and end with their blocks.
#![cfg(test)]

mod samples;

use customers::ticket::{
    Author, MAX_LETTERS, MAX_OPEN_EACH, Opening, OpeningRefused, Step, StepRefused, Ticket, TicketState, TicketStore,
    Whom,
};
use limits::LetterKind;
use model::{Block, BlockState, DomainName, Timestamp, WayOut};
use samples::alert;
use store::{MemoryStore, SqliteStore};
use testkit::samples::{account, block, reference, released};

fn each(test: impl Fn(&dyn TicketStore)) {
    test(&MemoryStore::default());
    let directory = tempfile::tempdir().unwrap();
    test(&SqliteStore::open(directory.path()).unwrap());
}

fn ticketed(name: &str, since: i64) -> Block {
    Block { way_out: WayOut::Ticket, automatic_release: false, ..block(name, since) }
}

fn approved(block: Block, at: i64) -> Block {
    Block { released: Some((Timestamp(at), "ticket".into())), ..released(block, at) }
}

/// Those that wait, of blocks.
fn letters(store: &dyn TicketStore) -> Vec<(u32, LetterKind)> {
    let letters = store.pending_alerts().unwrap().into_iter().filter(|letter| letter.about.block().is_some());
    letters.map(|letter| (letter.number, letter.kind)).collect()
}

#[test]
fn a_ticket_opens_with_its_block_once() {
    each(|store| {
        store.open_block(&ticketed("one", 1), &[], Some(&alert("one"))).unwrap();
        store.open_block(&ticketed("one", 1), &[], Some(&alert("one"))).unwrap();
        store.open_block(&block("two", 2), &[], Some(&alert("two"))).unwrap();
        let tickets = store.tickets(true, 10).unwrap();
        assert_eq!(tickets.len(), 1);
        let (ticket, of) = &tickets[0];
        let of = of.as_ref().map(|block| &block.reference);
        assert_eq!((ticket.id, ticket.block(), of), (1, Some(&reference("one")), Some(&reference("one"))));
        assert_eq!(store.ticket_of(&reference("one")).unwrap().as_ref(), Some(ticket));
        assert_eq!(store.ticket(1).unwrap().as_ref(), Some(ticket));
        assert_eq!(store.ticket_of(&reference("two")).unwrap(), None);
        assert_eq!(store.ticket(2).unwrap(), None);
    });
}

#[test]
fn a_step_is_kept_with_its_letter() {
    each(|store| {
        store.open_block(&ticketed("one", 1), &[], Some(&alert("one"))).unwrap();
        let step =
            |text: &'static str, at| store.step(1, &|ticket| ticket.replied(text, Timestamp(at))).unwrap().unwrap();
        step("1. no", 5).unwrap();
        step("2. no\n3. yes", 6).unwrap();
        let missing = LetterKind::Missing(vec![2, 3]);
        assert_eq!(letters(store), [(0, LetterKind::Blocked), (1, missing), (2, LetterKind::Received)]);
        let last = store.pending_alerts().unwrap().pop().unwrap();
        assert_eq!((last.message_id.as_str(), last.due), ("<block-one.2@node.example>", Timestamp(6)));
        assert_eq!(store.ticket(1).unwrap().unwrap().state, TicketState::Deciding);
        let refused = store.step(1, &|ticket| ticket.refuse("", Timestamp(7)).map(Some)).unwrap().unwrap();
        assert_eq!(refused, Err(StepRefused::NoReason));
        assert_eq!(letters(store).len(), 3);
        assert!(store.step(9, &|_| Ok(None)).unwrap().is_none());
    });
}

#[test]
fn a_ticket_follows_its_block() {
    each(|store| {
        store.open_block(&ticketed("one", 1), &[], Some(&alert("one"))).unwrap();
        store.open_block(&ticketed("two", 2), &[], Some(&alert("two"))).unwrap();
        let mut halfway = approved(ticketed("one", 1), 9);
        halfway.state = BlockState::Unblocking;
        store.update_block(&halfway).unwrap();
        store.update_block(&approved(ticketed("one", 1), 9)).unwrap();
        store.update_block(&released(ticketed("two", 2), 9)).unwrap();
        assert_eq!(store.ticket(1).unwrap().unwrap().state, TicketState::Approved);
        assert_eq!(store.ticket(2).unwrap().unwrap().state, TicketState::Closed);
        let approved = letters(store).into_iter().filter(|(_, kind)| *kind == LetterKind::Approved).count();
        // The other block has ended otherwise, and is told of too.
        assert_eq!((approved, letters(store).len()), (1, 4));
        assert!(store.tickets(true, 10).unwrap().is_empty());
        assert_eq!(store.tickets(false, 10).unwrap().len(), 2);
    });
}

#[test]
fn a_ticket_is_forgotten_with_its_block_and_its_number_is_never_used_again() {
    each(|store| {
        store.open_block(&ticketed("one", 1), &[], None).unwrap();
        store.update_block(&released(ticketed("one", 1), 2)).unwrap();
        store.prune(Timestamp(3), Timestamp(3), 1000).unwrap();
        assert_eq!(store.ticket(1).unwrap(), None);
        store.open_block(&ticketed("two", 4), &[], None).unwrap();
        assert_eq!(store.ticket_of(&reference("two")).unwrap().map(|ticket| ticket.id), Some(2));
    });
}

#[test]
fn letters_are_bounded() {
    each(|store| {
        store.open_block(&ticketed("one", 1), &[], Some(&alert("one"))).unwrap();
        for at in 0..150 {
            store.step(1, &|ticket| ticket.replied("?", Timestamp(at))).unwrap().unwrap().unwrap();
        }
        assert_eq!(letters(store).len(), MAX_LETTERS as usize + 1);
    });
}

fn asked(name: &str, title: &str) -> Opening {
    let whom = Whom::Service { service: name.into() };
    Opening::question(whom, title, Author::Customer, "It is slow.").unwrap()
}

fn opened(store: &dyn TicketStore, opening: &Opening, at: i64) -> Ticket {
    store.open_ticket(opening, "node.example", Timestamp(at)).unwrap().unwrap()
}

/// Those that wait, of tickets without a block.
fn news(store: &dyn TicketStore) -> Vec<(u64, u32, LetterKind)> {
    let letters = store.pending_alerts().unwrap().into_iter();
    letters.filter_map(|letter| Some((letter.about.ticket()?, letter.number, letter.kind))).collect()
}

#[test]
fn a_ticket_without_a_block_is_kept_with_its_letters() {
    each(|store| {
        store.open_block(&ticketed("one", 1), &[], Some(&alert("one"))).unwrap();
        let ticket = opened(store, &asked("shop", "Slow"), 5);
        assert_eq!((ticket.id, ticket.title().as_str()), (2, "Slow"), "numbers are those of all tickets");
        assert_eq!(store.ticket(2).unwrap().as_ref(), Some(&ticket));
        let answer = |ticket: &mut Ticket| ticket.support_wrote("Since when?", Timestamp(6)).map(Some);
        store.step(2, &answer).unwrap().unwrap().unwrap();
        assert_eq!(news(store), [(2, 0, LetterKind::Opened), (2, 1, LetterKind::Answer("Since when?".into()))]);
        let mut first =
            store.pending_alerts().unwrap().into_iter().find(|letter| letter.about.ticket().is_some()).unwrap();
        (first.sent, first.tries) = (Some(Timestamp(7)), 1);
        store.update_alert(&first).unwrap();
        assert_eq!(news(store), [(2, 1, LetterKind::Answer("Since when?".into()))]);
        let listed: Vec<_> = store.tickets(true, 9).unwrap().into_iter().map(|(t, b)| (t.id, b.is_some())).collect();
        assert_eq!(listed, [(2, false), (1, true)]);
        assert_eq!(letters(store), [(0, LetterKind::Blocked)], "no block's letter is one of theirs");
    });
}

#[test]
fn a_diagnosis_has_one_ticket_and_nobody_has_too_many() {
    each(|store| {
        let found = |number| {
            let whom = Whom::Service { service: "shop".into() };
            Opening::diagnosis(whom, number, Author::Support, "fail  SPF", serde_json::json!({"id": number}))
        };
        let first = opened(store, &found(7), 1);
        assert_eq!(opened(store, &found(7), 2), first, "asked again");
        assert_eq!(news(store).len(), 1);
        for number in 1..MAX_OPEN_EACH {
            opened(store, &found(100 + number as u64), 3);
        }
        let refused = store.open_ticket(&asked("shop", "One more"), "node.example", Timestamp(4)).unwrap();
        assert_eq!(refused, Err(OpeningRefused::TooMany(MAX_OPEN_EACH)));
        opened(store, &asked("bank", "Other"), 5);
        store.step(first.id, &|ticket| ticket.close(Timestamp(6)).map(|()| None)).unwrap().unwrap().unwrap();
        opened(store, &asked("shop", "There is room"), 7);
    });
}

#[test]
fn what_was_closed_long_ago_is_forgotten_and_what_is_open_is_not() {
    each(|store| {
        for name in ["one", "two"] {
            opened(store, &asked(name, "?"), 1);
        }
        store.step(1, &|ticket| ticket.close(Timestamp(5)).map(|()| None)).unwrap().unwrap().unwrap();
        store.prune(Timestamp(5), Timestamp(5), 1000).unwrap();
        assert!(store.ticket(1).unwrap().is_some(), "closed just then");
        store.prune(Timestamp(6), Timestamp(6), 1000).unwrap();
        assert_eq!((store.ticket(1).unwrap(), store.ticket(2).unwrap().is_some()), (None, true));
        assert_eq!(news(store), [(2, 0, LetterKind::Opened)]);
        assert_eq!(opened(store, &asked("three", "?"), 9).id, 3);
    });
}

#[test]
fn no_step_leaves_a_ticket_open_whose_block_is_over() {
    each(|store| {
        store.open_block(&ticketed("one", 1), &[], Some(&alert("one"))).unwrap();
        let reopen = |ticket: &mut Ticket| ticket.reopened(Author::Support, "Again.", Timestamp(4));
        store.step(1, &|ticket| ticket.close(Timestamp(3)).map(|()| None)).unwrap().unwrap().unwrap();
        assert_eq!(store.step(1, &reopen).unwrap().unwrap().unwrap().state, TicketState::Answering);
        store.step(1, &|ticket| ticket.close(Timestamp(5)).map(|()| None)).unwrap().unwrap().unwrap();
        store.update_block(&released(ticketed("one", 1), 6)).unwrap();
        assert_eq!(store.step(1, &reopen).unwrap().unwrap(), Err(StepRefused::BlockOver { id: 1 }));
        assert_eq!(store.ticket(1).unwrap().unwrap().state, TicketState::Closed);
    });
}

#[test]
fn open_ones_are_counted_by_kind_and_state() {
    each(|store| {
        store.open_block(&ticketed("one", 1), &[], Some(&alert("one"))).unwrap();
        store.open_block(&ticketed("two", 2), &[], Some(&alert("two"))).unwrap();
        for (name, at) in [("three", 3), ("four", 4)] {
            opened(store, &asked(name, "?"), at);
        }
        let taken = |id, step: Step<'_>| store.step(id, step).unwrap().unwrap().unwrap();
        taken(1, &|ticket| ticket.replied("1. no\n2. no\n3. no\n", Timestamp(7)));
        taken(4, &|ticket| ticket.close(Timestamp(8)).map(|()| None));
        store.update_block(&approved(ticketed("two", 2), 9)).unwrap();
        let open = store.open_tickets().unwrap();
        let some: Vec<_> = open.figures().filter(|(_, count)| *count > 0).collect();
        let deciding = some.iter().filter(|([_, state], _)| *state == "deciding").count();
        assert_eq!((some.iter().map(|(_, count)| count).sum::<u64>(), deciding), (2, 2), "{some:?}");
        assert_eq!(open.waits_since(), Some(Timestamp(3)));
    });
}

#[test]
fn a_customers_tickets_are_those_of_his_service_and_of_what_he_owns() {
    each(|store| {
        let shop = limits::Holdings::mail_domain(&DomainName::new("shop.example").unwrap());
        let of = |whom: Whom| Opening::question(whom, "Why", Author::Customer, "It is slow.").unwrap();
        let who = |name: &str| Whom::Subject(account(name));
        let service = |name: &str| Whom::Service { service: name.to_owned() };
        for whom in [
            who("bob@shop.example"),
            who("bob@bank.example"),
            service("shop"),
            service("bank"),
            who("ann@shop.example"),
            who("bob@shop.example.net"),
        ] {
            store.open_ticket(&of(whom), "n.example", Timestamp(1)).unwrap().unwrap();
        }
        let ticketed = Block { subject: account("eve@shop.example"), ..ticketed("one", 1) };
        store.open_block(&ticketed, &[], Some(&alert("one"))).unwrap();
        let found = |within, limit| {
            let found = store.tickets_within("shop", within, limit).unwrap();
            found.into_iter().map(|(ticket, block)| (ticket.id, block.is_some())).collect::<Vec<_>>()
        };
        assert_eq!(found(&shop, 9), [(7, true), (5, false), (3, false), (1, false)]);
        assert_eq!(found(&shop, 2), [(7, true), (5, false)]);
        assert_eq!(found(&limits::Holdings::none(), 9), [(3, false)], "only what concerns the service");
    });
}
