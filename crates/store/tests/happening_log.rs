//! What every store promises of what happened, read by number.
#![cfg(test)]

use customers::ticket::TicketStore;
use limits::{HappeningLog, Store};
use model::{Block, Timestamp, WayOut};
use store::{MemoryStore, SqliteStore};
use testkit::samples::{block, released};

trait All: Store + HappeningLog + TicketStore {}
impl<T: Store + HappeningLog + TicketStore> All for T {}

fn each(test: impl Fn(&dyn All)) {
    test(&MemoryStore::default());
    let directory = tempfile::tempdir().unwrap();
    test(&SqliteStore::open(directory.path()).unwrap());
}

fn after(store: &dyn All, number: u64, limit: usize) -> Vec<(u64, &'static str)> {
    let happened = store.happenings_after(number, limit).unwrap();
    happened.iter().map(|happening| (happening.number, happening.kind.as_str())).collect()
}

#[test]
fn what_happened_is_read_in_order_from_behind_a_number() {
    each(|store| {
        assert_eq!((store.latest_happening().unwrap(), after(store, 0, 9)), (0, vec![]));
        let ticketed = Block { way_out: WayOut::Ticket, automatic_release: false, ..block("one", 1) };
        store.open_block(&ticketed, &[], None).unwrap();
        store.update_block(&released(ticketed, 5)).unwrap();
        let all = [(1, "block.blocked"), (2, "ticket.opened"), (3, "block.unblocked"), (4, "ticket.closed")];
        assert_eq!(after(store, 0, 9), all);
        assert_eq!(after(store, 1, 2), all[1..3]);
        assert_eq!(after(store, u64::MAX, 9), []);
        assert_eq!(store.latest_happening().unwrap(), 4);
    });
}

#[test]
fn a_number_is_never_used_again() {
    each(|store| {
        store.open_block(&released(block("one", 1), 5), &[], None).unwrap();
        let latest = store.latest_happening().unwrap();
        store.prune(Timestamp(99), Timestamp(99), 1000).unwrap();
        assert_eq!((store.latest_happening().unwrap(), after(store, 0, 9)), (latest, vec![]));
        store.open_block(&block("two", 7), &[], None).unwrap();
        assert_eq!(after(store, latest, 9), [(latest + 1, "block.blocked")]);
    });
}
