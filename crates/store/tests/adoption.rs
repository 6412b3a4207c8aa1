//! A block whose owner is found after it has begun: its ticket, its letter and its event, in the transaction that writes it,
//! once, whatever is written again.
#![cfg(test)]

mod samples;

use customers::ticket::TicketStore;
use limits::{AlertJob, FollowUpStore, HappeningLog};
use model::{Adoption, Block, Timestamp, WayOut};
use proptest::prelude::*;
use samples::alert;
use store::{MemoryStore, SqliteStore};
use testkit::samples::{block, reference, released};

trait All: TicketStore + FollowUpStore + HappeningLog {}
impl<T: TicketStore + FollowUpStore + HappeningLog> All for T {}

fn each(test: impl Fn(&dyn All)) {
    test(&MemoryStore::default());
    let directory = tempfile::tempdir().unwrap();
    test(&SqliteStore::open(directory.path()).unwrap());
}

fn awaiting() -> Block {
    Block { adoption: Some(Adoption::Awaited), automatic_release: false, ..block("one", 10) }
}

fn adopted(way_out: WayOut) -> Block {
    Block { adoption: Some(Adoption::Settled(Timestamp(50))), way_out, ..awaiting() }
}

fn kinds(store: &dyn All) -> Vec<&'static str> {
    store.happenings_after(0, 99).unwrap().iter().map(|happening| happening.kind.as_str()).collect()
}

fn letter(store: &dyn All) -> AlertJob {
    store.alert(&reference("one")).unwrap().unwrap()
}

fn sent(letter: AlertJob) -> AlertJob {
    AlertJob { sent: Some(Timestamp(20)), tries: 1, told: vec!["postmaster".into()], ..letter }
}

#[test]
fn its_ticket_is_opened_then_and_once() {
    each(|store| {
        store.open_block(&awaiting(), &[], Some(&alert("one"))).unwrap();
        assert_eq!(store.ticket_of(&reference("one")).unwrap(), None);
        assert_eq!(store.load_blocks(Timestamp(0)).unwrap(), [awaiting()], "a start knows that it awaits its owner");
        for _ in 0..2 {
            store.update_block(&adopted(WayOut::Ticket)).unwrap();
        }
        let ticket = store.ticket_of(&reference("one")).unwrap().unwrap();
        assert_eq!((ticket.opened, ticket.since), (Timestamp(50), Timestamp(50)), "the customer hears of it only now");
        assert_eq!(store.tickets(false, 9).unwrap().len(), 1);
        assert_eq!(kinds(store), ["block.blocked", "block.owner_found", "ticket.opened"]);
        assert_eq!(store.happenings_after(1, 1).unwrap()[0].at, Timestamp(50));
        assert_eq!(store.block(&reference("one")).unwrap(), Some(adopted(WayOut::Ticket)));
    });
}

#[test]
fn without_a_ticket_none_is_opened_and_without_alerts_no_letter_written() {
    for way_out in [WayOut::Time, WayOut::Password] {
        each(|store| {
            store.open_block(&awaiting(), &[], None).unwrap();
            store.update_block(&adopted(way_out)).unwrap();
            assert_eq!((store.tickets(false, 9).unwrap(), store.alert(&reference("one")).unwrap()), (Vec::new(), None));
            assert_eq!(kinds(store), ["block.blocked", "block.owner_found"]);
        });
    }
}

#[test]
fn the_letter_is_due_again_for_whoever_has_not_got_it() {
    each(|store| {
        store.open_block(&awaiting(), &[], Some(&alert("one"))).unwrap();
        store.update_alert(&sent(alert("one"))).unwrap();
        assert_eq!(store.pending_alerts().unwrap(), []);
        store.update_block(&adopted(WayOut::Time)).unwrap();
        let again = letter(store);
        assert_eq!((again.sent, again.due, again.tries), (None, Timestamp(50), 0));
        assert_eq!(
            (again.told.as_slice(), &again.message_id),
            (&["postmaster".to_owned()][..], &alert("one").message_id)
        );
        assert_eq!(store.pending_alerts().unwrap().len(), 1);
    });
}

#[test]
fn what_an_older_try_has_to_say_does_not_take_the_letter_back() {
    each(|store| {
        store.open_block(&awaiting(), &[], Some(&alert("one"))).unwrap();
        let under_way = letter(store);
        store.update_block(&adopted(WayOut::Time)).unwrap();
        store.update_alert(&sent(under_way)).unwrap();
        assert_eq!(letter(store).sent, None, "the owner has not got it");
        store.update_alert(&sent(letter(store))).unwrap();
        assert_eq!(letter(store).sent, Some(Timestamp(20)));
    });
}

#[test]
fn one_that_is_over_is_not_adopted() {
    each(|store| {
        store.open_block(&awaiting(), &[], Some(&alert("one"))).unwrap();
        store.update_block(&released(awaiting(), 30)).unwrap();
        store.update_block(&adopted(WayOut::Ticket)).unwrap();
        assert_eq!(
            store.block(&reference("one")).unwrap(),
            Some(released(awaiting(), 30)),
            "written late, from before"
        );
        store.update_block(&released(adopted(WayOut::Ticket), 30)).unwrap();
        assert_eq!(store.tickets(false, 9).unwrap(), []);
        assert_eq!(kinds(store), ["block.blocked", "block.unblocked"]);
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Written in any number and order, as retries after a crash do: the ticket, the event and the renewed letter come once.
    #[test]
    fn once_however_often_it_is_written(steps in proptest::collection::vec(0u8..4, 1..12)) {
        each(|store| {
            store.open_block(&awaiting(), &[], Some(&alert("one"))).unwrap();
            let mut found = false;
            for step in &steps {
                match step {
                    0 if !found => store.open_block(&awaiting(), &[], Some(&alert("one"))).unwrap(),
                    1 => {
                        store.update_block(&adopted(WayOut::Ticket)).unwrap();
                        found = true;
                    }
                    2 => store.update_alert(&sent(letter(store))).unwrap(),
                    _ => store.update_alert(&sent(alert("one"))).unwrap(),
                }
                let count = |kind| kinds(store).iter().filter(|known| **known == kind).count();
                assert_eq!(count("block.owner_found"), usize::from(found));
                assert_eq!((count("ticket.opened"), store.tickets(false, 9).unwrap().len()), (count("block.owner_found"), usize::from(found)));
            }
        });
    }
}
