//! What is enforced wins over what was written, on every page.
#![cfg(test)]

use std::sync::Arc;

use customers::{CustomerSettings, Directory};
use limits::{BlockFilter, Ledger, PageAsk, Releaser, Rules, Store};
use model::{AccountName, Block, BlockRef, BlockState, Identity, SubjectKey, Timestamp};
use pipeline::Search;
use store::MemoryStore;

const NOW: Timestamp = Timestamp::from_secs(1_700_000_000);

struct World {
    ledger: Arc<Ledger>,
    store: Arc<MemoryStore>,
    search: Search,
}

impl World {
    fn new() -> Self {
        let ledger = Arc::new(ground::ledger(Rules::default()));
        let store = Arc::new(MemoryStore::default());
        let nobody = Arc::new(Directory::nobody(&CustomerSettings::default()));
        let search = Search::new(Arc::clone(&ledger), Arc::clone(&store) as _, nobody);
        Self { ledger, store, search }
    }

    /// A block that is in force and not yet on disk.
    fn enforced(&self, account: &str, at: Timestamp) -> Block {
        let identity = Identity { account: AccountName::from_login(account), ..Identity::default() };
        ground::trip(&self.ledger, &identity, None, at).0
    }

    fn found(&self, filter: &BlockFilter) -> Vec<(String, BlockState)> {
        let page = self.search.blocks(filter, &PageAsk::first(10)).unwrap();
        page.rows.into_iter().map(|block| (block.subject.name(), block.state)).collect()
    }
}

fn only(state: BlockState) -> BlockFilter {
    BlockFilter { state: Some(state), ..BlockFilter::default() }
}

#[test]
fn a_block_that_is_not_on_disk_yet_is_found() {
    let world = World::new();
    world.enforced("bob@shop.example", NOW);
    let expected = [("bob@shop.example".to_owned(), BlockState::BlockedForSpam)];
    assert_eq!(world.found(&BlockFilter::default()), expected);
    assert_eq!(world.found(&only(BlockState::BlockedForSpam)), expected);
    assert!(world.found(&only(BlockState::Unblocked)).is_empty());
}

#[test]
fn a_release_that_is_not_on_disk_yet_is_shown() {
    let world = World::new();
    let block = world.enforced("bob@shop.example", NOW);
    world.store.open_block(&block, &[], None).unwrap();
    world.ledger.release(&block.subject, Releaser::Operator, NOW).unwrap();
    let under_way = [("bob@shop.example".to_owned(), BlockState::Unblocking)];
    assert_eq!(world.found(&only(BlockState::Unblocking)), under_way);
    assert_eq!(world.found(&BlockFilter::default()), under_way);
    world.ledger.finish_release(&block.subject, NOW).unwrap();
    assert!(world.found(&only(BlockState::BlockedForSpam)).is_empty());
    assert_eq!(world.found(&BlockFilter::default()), [("bob@shop.example".to_owned(), BlockState::Unblocked)]);
}

#[test]
fn pages_hold_every_block_once_wherever_it_is_kept() {
    let world = World::new();
    let mut expected = Vec::new();
    for number in 0..9i64 {
        let at = Timestamp(NOW.0 + number / 2);
        let block = world.enforced(&format!("u{number}@shop.example"), at);
        if number % 3 > 0 {
            world.store.open_block(&block, &[], None).unwrap();
        }
        expected.push(block.subject);
    }
    let released = Block {
        reference: BlockRef::new("old").unwrap(),
        subject: SubjectKey::parse(model::SubjectKind::Account, "old@shop.example").unwrap(),
        state: BlockState::Unblocked,
        released: Some((NOW, "operator".into())),
        ..world.ledger.active_blocks().pop().unwrap()
    };
    world.store.open_block(&released, &[], None).unwrap();
    expected.push(released.subject);
    for limit in 1..12 {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let ask = PageAsk { after, ..PageAsk::first(limit) };
            let page = world.search.blocks(&BlockFilter::default(), &ask).unwrap();
            found.extend(page.rows.into_iter().map(|block| block.subject));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "pages of {limit}");
    }
}
