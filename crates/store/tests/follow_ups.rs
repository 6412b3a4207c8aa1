//! What every store promises of letters beyond the first, of what is owed, and of the digest.
#![cfg(test)]

mod samples;

use customers::ticket::TicketStore;
use limits::{AlertJob, FollowUpStore, LetterKind, Matter, Owed};
use model::{Block, BlockState, Timestamp, WayOut};
use samples::alert;
use store::{MemoryStore, SqliteStore};
use testkit::samples::{block, reference, released};

/// Both seams over one store.
trait Both: FollowUpStore + TicketStore {}
impl<T: FollowUpStore + TicketStore> Both for T {}

fn each(test: impl Fn(&dyn Both)) {
    test(&MemoryStore::default());
    let directory = tempfile::tempdir().unwrap();
    test(&SqliteStore::open(directory.path()).unwrap());
}

fn kinds(store: &dyn Both, name: &str) -> Vec<&'static str> {
    store.letters_of(&Matter::Block(reference(name))).unwrap().iter().map(|letter| letter.kind.word()).collect()
}

#[test]
fn the_end_of_a_block_is_told_once() {
    each(|store| {
        store.open_block(&block("one", 1), &[], Some(&alert("one"))).unwrap();
        let mut halfway = released(block("one", 1), 5);
        halfway.state = BlockState::Unblocking;
        store.update_block(&halfway).unwrap();
        assert_eq!(kinds(store, "one"), ["blocked"]);
        for _ in 0..2 {
            store.update_block(&released(block("one", 1), 5)).unwrap();
        }
        store.open_block(&released(block("one", 1), 5), &[], Some(&alert("one"))).unwrap();
        assert_eq!(kinds(store, "one"), ["blocked", "released"]);
        let last = store.letters_of(&Matter::Block(reference("one"))).unwrap().remove(1);
        assert_eq!((last.created, last.message_id.as_str()), (Timestamp(5), "<block-one.1@node.example>"));
    });
}

#[test]
fn who_was_not_told_of_a_block_is_not_told_of_its_end() {
    each(|store| {
        store.open_block(&block("quiet", 1), &[], None).unwrap();
        store.update_block(&released(block("quiet", 1), 5)).unwrap();
        assert!(kinds(store, "quiet").is_empty());

        let mut monitored = block("monitored", 1);
        monitored.reason.monitored = true;
        store.open_block(&monitored, &[], Some(&alert("monitored"))).unwrap();
        store.update_block(&released(monitored, 5)).unwrap();
        assert_eq!(kinds(store, "monitored"), ["blocked"]);

        let ticketed = Block { way_out: WayOut::Ticket, ..block("ticketed", 1) };
        store.open_block(&ticketed, &[], Some(&alert("ticketed"))).unwrap();
        let mut approved = released(ticketed, 5);
        approved.released = Some((Timestamp(5), "ticket".into()));
        store.update_block(&approved).unwrap();
        assert_eq!(kinds(store, "ticketed"), ["blocked", "approved"], "one letter tells of one end");
    });
}

#[test]
fn a_reminder_is_queued_once_while_the_block_is_active() {
    each(|store| {
        store.open_block(&block("one", 1), &[], Some(&alert("one"))).unwrap();
        let remind = |n, at| store.queue_letter(&reference("one"), LetterKind::Reminder(n), Timestamp(at)).unwrap();
        assert!(remind(1, 5) && !remind(1, 6) && remind(2, 7));
        store.update_block(&released(block("one", 1), 8)).unwrap();
        assert!(!remind(3, 9));
        assert_eq!(kinds(store, "one"), ["blocked", "reminder", "reminder", "released"]);
        assert!(!store.queue_letter(&reference("none"), LetterKind::Reminder(1), Timestamp(1)).unwrap());
        store.open_block(&block("quiet", 1), &[], None).unwrap();
        assert!(!store.queue_letter(&reference("quiet"), LetterKind::Reminder(1), Timestamp(1)).unwrap());
    });
}

#[test]
fn what_is_owed_is_kept_until_it_is_told() {
    each(|store| {
        for (name, at) in [("two", 2), ("one", 1), ("three", 3)] {
            store.open_block(&block(name, at), &[], Some(&AlertJob { created: Timestamp(at), ..alert(name) })).unwrap();
        }
        let owed = |name, customer, operators| AlertJob {
            sent: Some(Timestamp(9)),
            instead: Some("<x>".into()),
            owed: Owed { customer, operators },
            ..store.letters_of(&Matter::Block(reference(name))).unwrap().remove(0)
        };
        store.update_letters(&[owed("two", true, false), owed("one", true, true)]).unwrap();
        let found = store.owed_letters().unwrap();
        assert_eq!(found[0], (owed("one", true, true), block("one", 1)));
        assert_eq!((found.len(), store.pending_alerts().unwrap().len()), (2, 1));
        assert_eq!(store.digest_until().unwrap(), None);
        store.digest_sent(Timestamp(10), &[owed("one", true, false), owed("two", false, false)]).unwrap();
        store.digest_sent(Timestamp(11), &[]).unwrap();
        assert_eq!((store.owed_letters().unwrap().len(), store.digest_until().unwrap()), (1, Some(Timestamp(11))));
    });
}

#[test]
fn letters_given_up_are_found() {
    each(|store| {
        for (name, at) in [("one", 5), ("two", 7)] {
            store.open_block(&block(name, 1), &[], Some(&alert(name))).unwrap();
            store.update_letters(&[AlertJob { given_up: Some(Timestamp(at)), ..alert(name) }]).unwrap();
        }
        let found = |since, limit| {
            let lost = store.given_up_letters(Timestamp(since), limit).unwrap();
            lost.iter().map(|letter| letter.about.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(found(5, 9), ["two", "one"]);
        assert_eq!(found(6, 9), ["two"]);
        assert_eq!(found(0, 1), ["two"]);
    });
}
