//! What every store promises of happenings and their deliveries.
#![cfg(test)]

mod samples;

use customers::ticket::TicketStore;
use limits::{Backlog, Delivery, DeliveryState, HappeningKind, Topic, WebhookStore};
use model::{Block, BlockState, Timestamp, WayOut};
use samples::alert;
use store::{MemoryStore, SqliteStore};
use testkit::samples::{account, block, reference, released};

/// Both seams over one store.
trait Both: WebhookStore + TicketStore {}
impl<T: WebhookStore + TicketStore> Both for T {}

fn each(test: impl Fn(&dyn Both)) {
    test(&MemoryStore::default());
    let directory = tempfile::tempdir().unwrap();
    test(&SqliteStore::open(directory.path()).unwrap());
}

fn all() -> &'static [HappeningKind] {
    HappeningKind::ALL
}

fn ticketed(name: &str, since: i64) -> Block {
    Block { way_out: WayOut::Ticket, automatic_release: false, ..block(name, since) }
}

fn kinds(store: &dyn Both, name: &str) -> Vec<&'static str> {
    store.happenings(&reference(name), 99).unwrap().iter().map(|happened| happened.kind.as_str()).collect()
}

fn due(store: &dyn Both, hook: &str, now: i64) -> Vec<(String, &'static str)> {
    let due = store.due_deliveries(hook, Timestamp(now), 99).unwrap();
    due.iter().map(|d| (d.happening.topic.block().unwrap().reference.to_string(), d.happening.kind.as_str())).collect()
}

fn took(store: &dyn Both, delivery: Delivery) {
    store.update_delivery(&Delivery { delivered: Some(Timestamp(99)), ..delivery }).unwrap();
}

#[test]
fn each_change_happens_once_however_often_it_is_written() {
    each(|store| {
        let mut halfway = released(block("one", 1), 5);
        halfway.state = BlockState::Unblocking;
        for _ in 0..2 {
            store.open_block(&block("one", 1), &[], Some(&alert("one"))).unwrap();
        }
        for _ in 0..2 {
            store.update_block(&halfway).unwrap();
        }
        for _ in 0..2 {
            store.update_block(&released(block("one", 1), 5)).unwrap();
        }
        assert_eq!(kinds(store, "one"), ["block.blocked", "block.unblocking", "block.unblocked"]);
        let again = Block { strike: 2, ..block("two", 9) };
        store.open_block(&again, &[], None).unwrap();
        assert_eq!(kinds(store, "two"), ["block.blocked_again"]);
        let happened = store.happenings(&reference("one"), 99).unwrap();
        assert_eq!(happened[1].topic, Topic::Block(halfway));
        assert_eq!((happened[1].at, happened[1].number), (Timestamp(5), 2));
    });
}

#[test]
fn every_step_of_a_ticket_has_happened() {
    each(|store| {
        store.open_block(&ticketed("one", 1), &[], Some(&alert("one"))).unwrap();
        store.step(1, &|ticket| ticket.replied("1. no", Timestamp(2))).unwrap().unwrap().unwrap();
        store.step(1, &|ticket| ticket.support_wrote("and?", Timestamp(3)).map(Some)).unwrap().unwrap().unwrap();
        store.step(1, &|ticket| ticket.refuse("not yet", Timestamp(4)).map(Some)).unwrap().unwrap().unwrap();
        assert!(store.step(1, &|ticket| ticket.refuse("", Timestamp(5)).map(Some)).unwrap().unwrap().is_err());
        let mut over = released(ticketed("one", 1), 6);
        over.released = Some((Timestamp(6), "ticket".into()));
        store.update_block(&over).unwrap();
        let steps = [
            "block.blocked",
            "ticket.opened",
            "ticket.answered",
            "ticket.replied",
            "ticket.refused",
            "block.unblocked",
            "ticket.approved",
        ];
        assert_eq!(kinds(store, "one"), steps);
        let happened = store.happenings(&reference("one"), 99).unwrap();
        let said: Vec<_> = happened.iter().filter_map(|h| h.ticket.as_ref()?.text.clone()).collect();
        assert_eq!(said, ["1. no", "and?", "not yet"]);
        let note = happened[6].ticket.clone().unwrap();
        assert_eq!((note.number, note.state.as_str()), (1, "approved"));

        store.open_block(&ticketed("two", 7), &[], None).unwrap();
        store.step(2, &|ticket| ticket.close(Timestamp(8)).map(|()| None)).unwrap().unwrap().unwrap();
        store.update_block(&released(ticketed("two", 7), 9)).unwrap();
        assert_eq!(kinds(store, "two"), ["block.blocked", "ticket.opened", "ticket.closed", "block.unblocked"]);
    });
}

#[test]
fn a_new_receiver_begins_with_what_happens_next_and_misses_nothing_then() {
    each(|store| {
        store.open_block(&block("before", 1), &[], None).unwrap();
        store.queue_deliveries("panel", all()).unwrap();
        assert!(due(store, "panel", 99).is_empty());
        store.open_block(&block("after", 2), &[], None).unwrap();
        for _ in 0..2 {
            store.queue_deliveries("panel", all()).unwrap();
        }
        assert_eq!(due(store, "panel", 99), [("after".into(), "block.blocked")]);
        store.update_block(&released(block("after", 2), 3)).unwrap();
        store.queue_deliveries("panel", &[HappeningKind::Blocked]).unwrap();
        assert_eq!(store.deliveries(None, None, 99).unwrap().len(), 1, "it did not ask for releases");
    });
}

#[test]
fn one_subject_is_told_of_in_order_and_holds_no_other() {
    each(|store| {
        store.queue_deliveries("panel", all()).unwrap();
        store.open_block(&block("one", 1), &[], None).unwrap();
        store.update_block(&released(block("one", 1), 2)).unwrap();
        let other = Block { subject: account("ann@shop.example"), ..block("two", 3) };
        store.open_block(&other, &[], None).unwrap();
        store.queue_deliveries("panel", all()).unwrap();
        assert_eq!(due(store, "panel", 99), [("one".into(), "block.blocked"), ("two".into(), "block.blocked")]);
        assert_eq!(due(store, "panel", 2), [("one".into(), "block.blocked")]);
        assert_eq!(store.due_deliveries("panel", Timestamp(99), 1).unwrap().len(), 1);

        let first = store.due_deliveries("panel", Timestamp(99), 9).unwrap().remove(0);
        let later = Delivery { due: Timestamp(50), tries: 1, last_error: Some("503".into()), ..first.clone() };
        store.update_delivery(&later).unwrap();
        assert_eq!(due(store, "panel", 49), [("two".into(), "block.blocked")], "what follows it waits too");
        assert_eq!(store.delivery("panel", first.happening.number).unwrap(), Some(later));
        took(store, first);
        assert_eq!(due(store, "panel", 49), [("one".into(), "block.unblocked"), ("two".into(), "block.blocked")]);
        let backlog = Backlog { waiting: 2, dead: 0, oldest: Some(Timestamp(2)), due: Some(Timestamp(2)) };
        assert_eq!(store.backlog("panel").unwrap(), backlog);
        assert_eq!(store.backlog("other").unwrap(), Backlog::default());
    });
}

#[test]
fn dead_letters_hold_nobody_and_can_be_revived_or_dropped() {
    each(|store| {
        store.queue_deliveries("panel", all()).unwrap();
        store.open_block(&block("one", 1), &[], None).unwrap();
        store.update_block(&released(block("one", 1), 2)).unwrap();
        store.queue_deliveries("panel", all()).unwrap();
        let first = store.due_deliveries("panel", Timestamp(9), 9).unwrap().remove(0);
        store.update_delivery(&Delivery { dead: Some(Timestamp(9)), tries: 7, ..first }).unwrap();
        assert_eq!(due(store, "panel", 9), [("one".into(), "block.unblocked")]);
        let dead = store.deliveries(Some("panel"), Some(DeliveryState::Dead), 9).unwrap();
        assert_eq!((dead.len(), store.backlog("panel").unwrap().dead), (1, 1));
        assert_eq!(store.revive_deliveries("panel", Timestamp(10)).unwrap(), 1);
        assert_eq!(due(store, "panel", 10), [("one".into(), "block.blocked")]);
        let first = store.due_deliveries("panel", Timestamp(10), 9).unwrap().remove(0);
        assert_eq!((first.tries, first.due), (0, Timestamp(10)));
        store.update_delivery(&Delivery { dead: Some(Timestamp(11)), ..first }).unwrap();
        assert_eq!(store.drop_deliveries("other").unwrap(), 0);
        assert_eq!(store.drop_deliveries("panel").unwrap(), 1);
        assert_eq!(store.deliveries(None, None, 9).unwrap().len(), 1);
    });
}

#[test]
fn deliveries_are_forgotten_with_their_blocks() {
    each(|store| {
        store.queue_deliveries("panel", all()).unwrap();
        store.open_block(&block("one", 1), &[], None).unwrap();
        store.update_block(&released(block("one", 1), 2)).unwrap();
        store.queue_deliveries("panel", all()).unwrap();
        store.prune(Timestamp(3), Timestamp(3), 1000).unwrap();
        assert!(store.deliveries(None, None, 9).unwrap().is_empty());
        store.open_block(&block("two", 4), &[], None).unwrap();
        store.queue_deliveries("panel", all()).unwrap();
        assert_eq!(store.happenings(&reference("two"), 9).unwrap()[0].number, 3, "no number is used again");
        assert_eq!(due(store, "panel", 9), [("two".into(), "block.blocked")]);
    });
}
