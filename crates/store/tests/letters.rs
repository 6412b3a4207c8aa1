//! What every store promises of letters that came back.
#![cfg(test)]

mod samples;

use customers::ticket::{About, Author, Opening, TicketStore, Whom};
use limits::{Bounce, FollowUpStore, LetterState, MAX_BOUNCES, Matter};
use model::Timestamp;
use samples::alert;
use store::{MemoryStore, SqliteStore};
use testkit::samples::{block, reference, released};

trait All: TicketStore + FollowUpStore {}
impl<T: TicketStore + FollowUpStore> All for T {}

fn each(test: impl Fn(&dyn All)) {
    test(&MemoryStore::default());
    let directory = tempfile::tempdir().unwrap();
    test(&SqliteStore::open(directory.path()).unwrap());
}

fn about(block: &str) -> Matter {
    Matter::Block(reference(block))
}

fn bounce(block: &str, recipient: &str, at: i64) -> Bounce {
    let (status, said) = ("5.1.1".into(), "550 no such user".into());
    Bounce { about: about(block), letter: 0, recipient: recipient.into(), at: Timestamp(at), status, said }
}

#[test]
fn a_bounce_is_noted_once_beside_its_letter() {
    each(|store| {
        store.open_block(&block("one", 1), &[], Some(&alert("one"))).unwrap();
        store.open_block(&block("two", 2), &[], Some(&alert("two"))).unwrap();
        assert!(store.note_bounce(&bounce("one", "bob@shop.example", 5)).unwrap());
        assert!(store.note_bounce(&bounce("two", "eve@shop.example", 6)).unwrap());
        assert!(store.note_bounce(&bounce("one", "bob@shop.example", 7)).unwrap(), "known");
        let all = store.bounces(None, 10).unwrap();
        assert_eq!(all, [bounce("two", "eve@shop.example", 6), bounce("one", "bob@shop.example", 5)]);
        assert_eq!(store.bounces(Some(&about("one")), 10).unwrap(), all[1..]);
        assert_eq!(store.bounces(None, 1).unwrap(), all[..1]);
        let letters: Vec<_> = store.letters(None, 10).unwrap().into_iter().map(|letter| letter.about).collect();
        assert_eq!(letters, [about("one"), about("two")]);
        assert_eq!(store.letters(None, 1).unwrap().len(), 1);
    });
}

#[test]
fn no_letter_no_bounce_and_not_without_end() {
    each(|store| {
        assert!(!store.note_bounce(&bounce("none", "bob@shop.example", 5)).unwrap());
        store.open_block(&block("one", 1), &[], Some(&alert("one"))).unwrap();
        let other = Bounce { letter: 7, ..bounce("one", "bob@shop.example", 5) };
        assert!(!store.note_bounce(&other).unwrap());
        for count in 0..MAX_BOUNCES + 5 {
            let noted = store.note_bounce(&bounce("one", &format!("{count}@shop.example"), 5)).unwrap();
            assert_eq!(noted, count < MAX_BOUNCES);
        }
        assert_eq!(store.bounces(None, 100).unwrap().len(), MAX_BOUNCES);
    });
}

#[test]
fn bounces_go_with_their_block() {
    each(|store| {
        store.open_block(&block("one", 1), &[], Some(&alert("one"))).unwrap();
        store.note_bounce(&bounce("one", "bob@shop.example", 5)).unwrap();
        store.update_block(&released(block("one", 1), 10)).unwrap();
        store.prune(Timestamp(100), Timestamp(0), 1000).unwrap();
        assert_eq!(store.bounces(None, 10).unwrap(), []);
    });
}

/// A ticket that no block has opened, from the customer.
fn open_ticket(store: &dyn All, at: i64) -> u64 {
    let whom = Whom::Service { service: "shop".into() };
    let about = About::Question { title: "Mail is slow".into() };
    let opening = Opening { whom, about, author: Author::Customer, text: "Since Monday.".into() };
    store.open_ticket(&opening, "mx1.provider.example", Timestamp(at)).unwrap().unwrap().id
}

/// How many letters are in each state, asked for by it.
fn in_states(store: &dyn All) -> Vec<(&'static str, usize)> {
    let count = |state: LetterState| {
        let posted = store.posted(store.letters(Some(state), 9).unwrap()).unwrap();
        assert!(posted.iter().all(|posted| posted.state() == state), "{state}: {posted:?}");
        posted.len()
    };
    LetterState::ALL.iter().map(|state| (state.as_str(), count(*state))).collect()
}

#[test]
fn letters_are_found_by_what_became_of_them() {
    each(|store| {
        for (name, since) in [("one", 1), ("two", 2), ("three", 3), ("four", 4)] {
            store.open_block(&block(name, since), &[], Some(&alert(name))).unwrap();
        }
        assert_eq!(in_states(store), [("waiting", 4), ("sent", 0), ("given_up", 0), ("bounced", 0)]);
        let mut letters = store.letters(None, 9).unwrap();
        letters[0].sent = Some(Timestamp(7));
        letters[1].given_up = Some(Timestamp(7));
        letters[2].sent = Some(Timestamp(7));
        store.update_letters(&letters).unwrap();
        let came_back = Bounce { about: letters[2].about.clone(), ..bounce("one", "owner@shop.example", 8) };
        assert!(store.note_bounce(&came_back).unwrap());
        assert_eq!(in_states(store), [("waiting", 1), ("sent", 1), ("given_up", 1), ("bounced", 1)]);
    });
}

#[test]
fn letters_of_tickets_without_a_block_are_letters_like_others() {
    each(|store| {
        store.open_block(&block("one", 1), &[], Some(&alert("one"))).unwrap();
        let ticket = open_ticket(store, 5);
        let of_ticket = Matter::Ticket(ticket);
        let mut letter = store.pending_alerts().unwrap().pop().unwrap();
        assert_eq!((&letter.about, letter.number), (&of_ticket, 0));
        assert_eq!(letter.message_id, format!("<ticket-{ticket}@mx1.provider.example>"));
        assert_eq!(store.letters(None, 9).unwrap()[0], letter, "the latest");

        letter.given_up = Some(Timestamp(7));
        letter.reached(&["owner@shop.example", "owner@shop.example"]);
        store.update_letters(std::slice::from_ref(&letter)).unwrap();
        assert_eq!(store.letters_of(&of_ticket).unwrap(), std::slice::from_ref(&letter));
        assert_eq!(letter.told, ["owner@shop.example"]);
        assert_eq!(store.given_up_letters(Timestamp(7), 9).unwrap(), std::slice::from_ref(&letter));
        assert_eq!(store.pending_alerts().unwrap().len(), 1, "that of the block");

        let came_back = Bounce { about: of_ticket.clone(), ..bounce("one", "owner@shop.example", 8) };
        assert!(store.note_bounce(&came_back).unwrap());
        assert!(!store.note_bounce(&Bounce { letter: 3, ..came_back.clone() }).unwrap(), "there is no such letter");
        assert_eq!(store.bounces(Some(&of_ticket), 9).unwrap(), std::slice::from_ref(&came_back));
        assert_eq!(store.bounces(Some(&about("one")), 9).unwrap(), []);
        let states: Vec<_> =
            store.posted(store.letters(None, 9).unwrap()).unwrap().iter().map(|posted| posted.state()).collect();
        assert_eq!(states, [LetterState::Bounced, LetterState::Waiting]);
        store.update_letters(std::slice::from_ref(&letter)).unwrap();
        assert_eq!(in_states(store), [("waiting", 1), ("sent", 0), ("given_up", 0), ("bounced", 1)]);

        store.step(ticket, &|ticket| ticket.close(Timestamp(9)).map(|()| None)).unwrap().unwrap().unwrap();
        store.prune(Timestamp(10), Timestamp(0), 100).unwrap();
        assert_eq!(store.letters_of(&of_ticket).unwrap(), []);
        assert_eq!(store.bounces(None, 9).unwrap(), [], "they go with their ticket");
    });
}
