//! The latest block of each account of somebody's holdings: as it is enforced, on disk or not.
#![cfg(test)]

use ground::Ground;
use std::sync::Arc;

use limits::{Holdings, Ledger, Releaser, Rules, Store};
use model::{AccountName, Block, BlockState, DomainName, Identity, Timestamp};
use pipeline::Addresses;
use store::MemoryStore;

const NOW: Timestamp = Timestamp::from_secs(1_700_000_000);

struct World {
    ledger: Arc<Ledger>,
    store: Arc<MemoryStore>,
    addresses: Addresses,
}

impl World {
    fn new() -> Self {
        let Ground { ledger, store, desk, .. } = Ground::new(NOW, Rules::default());
        let addresses = Addresses::new(desk, Arc::clone(&store) as _);
        Self { ledger, store, addresses }
    }

    /// Blocked, and written nowhere.
    fn enforced(&self, account: &str, at: Timestamp) -> Block {
        let identity = Identity { account: AccountName::from_login(account), ..Identity::default() };
        ground::trip(&self.ledger, &identity, None, at).0
    }

    /// Of the accounts of shop.example.
    fn shown(&self) -> Vec<(String, Timestamp, BlockState)> {
        let held = Holdings::mail_domain(&DomainName::new("shop.example").unwrap());
        let blocks = self.addresses.accounts(&held).unwrap();
        blocks.into_iter().map(|block| (block.subject.name(), block.since, block.state)).collect()
    }
}

#[test]
fn the_block_in_force_stands_for_its_account_written_or_not() {
    let world = World::new();
    let ann = world.enforced("ann@shop.example", NOW);
    let earlier = Block { since: Timestamp(NOW.0 - 9), state: BlockState::Unblocked, ..ann.clone() };
    let earlier = Block { reference: model::BlockRef::new("earlier").unwrap(), ..earlier };
    world.store.open_block(&earlier, &[], None).unwrap();
    world.enforced("bob@shop.example", NOW);
    world.enforced("eve@other.example", NOW);
    let blocked = |name: &str| (format!("{name}@shop.example"), NOW, BlockState::BlockedForSpam);
    assert_eq!(world.shown(), [blocked("ann"), blocked("bob")]);
}

#[test]
fn a_release_that_is_not_on_disk_yet_is_shown() {
    let world = World::new();
    let block = world.enforced("bob@shop.example", NOW);
    world.store.open_block(&block, &[], None).unwrap();
    world.ledger.release(&block.subject, Releaser::Operator, NOW).unwrap();
    world.ledger.finish_release(&block.subject, NOW).unwrap();
    assert_eq!(world.shown(), [("bob@shop.example".to_owned(), NOW, BlockState::Unblocked)]);
}

#[test]
fn what_monitor_mode_has_noted_is_no_block_to_a_panel() {
    let world = World::new();
    let block = world.enforced("bob@shop.example", NOW);
    world.store.open_block(&block, &[], None).unwrap();
    assert_eq!(world.shown().len(), 1);
    world.ledger.reload(Rules { monitor: true, ..Rules::default() });
    assert_eq!(world.shown(), []);
    assert_eq!(world.addresses.latest(&block.subject).unwrap(), None);
    assert_eq!(world.addresses.history(&block.subject, None, None).unwrap(), []);
    world.ledger.reload(Rules::default());
    assert_eq!(world.addresses.latest(&block.subject).unwrap(), Some(block), "it is in force again");
}
