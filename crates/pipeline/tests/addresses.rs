//! The latest block of each account of somebody's holdings: as it is enforced, on disk or not.
#![cfg(test)]

use std::sync::Arc;

use limits::{AlertJob, Holdings, Ledger, Observation, Releaser, Rules, Store};
use model::event::NoEvents;
use model::standing::Transition;
use model::time::ManualClock;
use model::{AccountName, Block, BlockState, DomainName, Evidence, Identity, Kept, Shelf, Timestamp};
use pipeline::{Addresses, Desk, Durably, Journal};
use store::MemoryStore;

const NOW: Timestamp = Timestamp::from_secs(1_700_000_000);

/// Nothing is ever written but by the test itself.
struct Idle;

fn idle() -> Durably {
    Box::pin(std::future::ready(Ok(())))
}

impl Journal for Idle {
    fn open_block(&self, _: Block, _: Vec<Evidence>, _: Option<AlertJob>) -> Durably {
        idle()
    }
    fn update_block(&self, _: Block) -> Durably {
        idle()
    }
    fn keep(&self, _: Kept) -> Durably {
        idle()
    }
    fn forget(&self, _: Shelf, _: String) -> Durably {
        idle()
    }
    fn is_healthy(&self) -> bool {
        true
    }
}

struct World {
    ledger: Arc<Ledger>,
    store: Arc<MemoryStore>,
    addresses: Addresses,
}

impl World {
    fn new() -> Self {
        let seed = std::sync::atomic::AtomicU64::new(1);
        let entropy = move || u128::from(seed.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) << 64;
        let ledger = Arc::new(Ledger::new(Rules::default(), entropy));
        let store = Arc::new(MemoryStore::default());
        let clock = Arc::new(ManualClock::at(NOW));
        let desk =
            Desk::new(Arc::clone(&ledger), Arc::clone(&store) as _, Arc::new(Idle), Arc::new(NoEvents), clock as _);
        let addresses = Addresses::new(Arc::new(desk), Arc::clone(&store) as _);
        Self { ledger, store, addresses }
    }

    fn enforced(&self, account: &str, at: Timestamp) -> Block {
        let identity = Identity { account: AccountName::from_login(account), ..Identity::default() };
        let spam = Observation {
            score: 300,
            is_spam: true,
            is_unusual: true,
            recipients: &[],
            recipient_count: 1,
            is_message: true,
            refused_recipients: 0,
            bytes: 1,
            network: None,
            evidence: None,
        };
        let tripped = (0..100).find_map(|_| self.ledger.observe(&identity, &spam, at).pop());
        let Some(Transition::Blocked { block, .. }) = tripped else { panic!("nothing tripped") };
        *block
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
