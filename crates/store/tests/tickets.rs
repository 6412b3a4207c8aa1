//! What every store promises of tickets: they begin, follow and end with their blocks.
#![cfg(test)]

mod samples;

use customers::ticket::{MAX_LETTERS, StepRefused, TicketState, TicketStore};
use limits::LetterKind;
use model::{Block, BlockState, Timestamp, WayOut};
use samples::alert;
use store::{MemoryStore, SqliteStore};
use testkit::samples::{block, reference, released};

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

fn letters(store: &dyn TicketStore) -> Vec<(u32, LetterKind)> {
    store.pending_alerts().unwrap().into_iter().map(|letter| (letter.number, letter.kind)).collect()
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
        assert_eq!((ticket.id, &ticket.block, &of.reference), (1, &reference("one"), &reference("one")));
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
        let step = |text: &'static str, at| {
            store.step(1, &|ticket| ticket.replied(text, Timestamp(at)).map(Some)).unwrap().unwrap()
        };
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
        store.prune(Timestamp(3), Timestamp(3)).unwrap();
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
            store.step(1, &|ticket| ticket.replied("?", Timestamp(at)).map(Some)).unwrap().unwrap().unwrap();
        }
        assert_eq!(letters(store).len(), MAX_LETTERS as usize + 1);
    });
}
