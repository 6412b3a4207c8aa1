//! What every store promises of searches: the same rows whatever it is kept in, and pages that lose and repeat nothing.
#![cfg(test)]

use limits::{
    Archive, BlockFilter, BlockPosition, EvidenceFilter, EvidencePosition, FoundEvidence, Holdings, Order, PageAsk,
    Store, StoreError, Wanted,
};
use model::{Block, BlockState, DomainName, Evidence, MessageId, SubjectKey, SubjectKind, Timestamp};
use proptest::prelude::*;
use store::{MemoryStore, SqliteStore};
use testkit::samples::{block, evidence, reference, released};

trait Searched: Store + Archive {}
impl<T: Store + Archive> Searched for T {}

fn each(test: impl Fn(&dyn Searched)) {
    test(&MemoryStore::default());
    let directory = tempfile::tempdir().unwrap();
    test(&SqliteStore::open(directory.path()).unwrap());
}

fn of(name: &str, kind: SubjectKind, subject: &str, since: i64) -> Block {
    Block { subject: SubjectKey::parse(kind, subject).unwrap(), ..block(name, since) }
}

/// Four blocks of different subjects with two messages each.
fn filled(store: &dyn Searched) {
    let mut strict = released(of("c", SubjectKind::Account, "ann@other.example", 3), 9);
    strict.reason.rule = "account-rate".into();
    strict.strike = 3;
    for (number, block) in [
        of("a", SubjectKind::Ip, "192.0.2.7", 1),
        of("b", SubjectKind::Account, "bob@shop.example", 2),
        strict,
        of("d", SubjectKind::Ip, "2001:db8:1:2::/64", 4),
    ]
    .into_iter()
    .enumerate()
    {
        let number = i64::try_from(number).unwrap();
        let mut second = evidence(10 * number + 1);
        second.score = 100 + i32::try_from(number).unwrap();
        second.destination_ip = Some("198.51.100.25".parse().unwrap());
        store.open_block(&block, &[evidence(10 * number), second], None).unwrap();
    }
}

fn names(store: &dyn Searched, filter: &BlockFilter) -> String {
    let page = store.find_blocks(filter, &PageAsk::first(10)).unwrap();
    assert_eq!((page.next, store.count_blocks(filter).unwrap()), (None, page.rows.len()));
    page.rows.iter().map(|block| block.reference.as_str()).collect()
}

fn subject(kind: SubjectKind, name: &str) -> SubjectKey {
    SubjectKey::parse(kind, name).unwrap()
}

#[test]
fn blocks_are_found_by_each_filter_and_by_all_together() {
    let any = BlockFilter::default;
    let network = |text: &str| Holdings::network(text.parse().unwrap());
    let shop = Holdings::mail_domain(&DomainName::new("shop.example").unwrap());
    let bob = subject(SubjectKind::Account, "bob@shop.example");
    each(|store| {
        filled(store);
        for (expected, filter) in [
            ("dcba", any()),
            ("dba", BlockFilter { state: Some(BlockState::BlockedForSpam), ..any() }),
            ("c", BlockFilter { state: Some(BlockState::Unblocked), ..any() }),
            ("da", BlockFilter { kind: Some(SubjectKind::Ip), ..any() }),
            ("b", BlockFilter { subject: Some(Wanted::Exactly(bob.clone())), ..any() }),
            ("", BlockFilter { subject: Some(Wanted::Exactly(bob.clone())), kind: Some(SubjectKind::Ip), ..any() }),
            ("a", BlockFilter { subject: Some(Wanted::Beginning("192.0.".into())), ..any() }),
            ("dc", BlockFilter { since: Some(Timestamp(3)), ..any() }),
            ("ba", BlockFilter { until: Some(Timestamp(3)), ..any() }),
            ("c", BlockFilter { rule: Some("account-rate".into()), ..any() }),
            ("c", BlockFilter { strike: Some(2), ..any() }),
            ("a", BlockFilter { within: Some(network("192.0.2.0/24")), ..any() }),
            ("d", BlockFilter { within: Some(network("2001:db8::/32")), ..any() }),
            ("dba", BlockFilter { within: Some(network("0.0.0.0/0").and(network("::/0")).and(shop.clone())), ..any() }),
            ("", BlockFilter { within: Some(Holdings::none()), ..any() }),
            ("b", BlockFilter { within: Some(shop.clone()), state: Some(BlockState::BlockedForSpam), ..any() }),
            ("", BlockFilter { within: Some(shop.clone()), state: Some(BlockState::Unblocked), ..any() }),
        ] {
            assert_eq!(names(store, &filter), expected, "{filter:?}");
        }
    });
}

#[test]
fn the_latest_block_of_each_subject_is_found_by_one_look() {
    let held = Holdings::network("192.0.2.0/24".parse().unwrap());
    let held = held.and(Holdings::mail_domain(&DomainName::new("shop.example").unwrap()));
    each(|store| {
        filled(store);
        for (name, subject, since) in [("e", "192.0.2.7", 8), ("f", "192.0.2.3", 6), ("g", "192.0.2.3", 6)] {
            store.open_block(&of(name, SubjectKind::Ip, subject, since), &[], None).unwrap();
        }
        store.open_block(&released(of("h", SubjectKind::Ip, "192.0.2.7", 2), 3), &[], None).unwrap();
        let found = |kind, most| -> String {
            let blocks = store.latest_blocks(kind, &held, most).unwrap();
            blocks.iter().map(|block| block.reference.as_str()).collect()
        };
        assert_eq!(found(SubjectKind::Ip, 9), "ge");
        assert_eq!(found(SubjectKind::Ip, 1), "g");
        assert_eq!(found(SubjectKind::Account, 9), "b");
        assert_eq!(found(SubjectKind::Domain, 9), "");
        assert_eq!(store.latest_blocks(SubjectKind::Ip, &Holdings::none(), 9).unwrap(), []);
    });
}

#[test]
fn flagged_messages_are_found_by_each_filter_and_by_all_together() {
    let any = EvidenceFilter::default;
    let times = |store: &dyn Searched, filter: &EvidenceFilter| -> Vec<i64> {
        let page = store.find_evidence(filter, &PageAsk::first(10)).unwrap();
        assert_eq!(store.count_evidence(filter).unwrap(), page.rows.len());
        page.rows.iter().map(|found| found.evidence.at.0).collect()
    };
    each(|store| {
        filled(store);
        let shop = Holdings::mail_domain(&DomainName::new("shop.example").unwrap());
        for (expected, filter) in [
            (vec![31, 30, 21, 20, 11, 10, 1, 0], any()),
            (vec![11, 10], EvidenceFilter { block: Some(reference("b")), ..any() }),
            (vec![1, 0], EvidenceFilter { subject: Some(subject(SubjectKind::Ip, "192.0.2.7")), ..any() }),
            (vec![11, 10], EvidenceFilter { within: Some(shop.clone()), ..any() }),
            (vec![], EvidenceFilter { within: Some(Holdings::none()), ..any() }),
            (vec![31, 30], EvidenceFilter { since: Some(Timestamp(22)), ..any() }),
            (vec![1, 0], EvidenceFilter { until: Some(Timestamp(10)), ..any() }),
            (vec![20], EvidenceFilter { message_id: MessageId::new("<20@shop.example>"), ..any() }),
            (vec![31, 21, 11, 1], EvidenceFilter { destination: "198.51.100.25".parse().ok(), ..any() }),
            (vec![30, 20, 10, 0], EvidenceFilter { score: Some(104), ..any() }),
            (vec![10], EvidenceFilter { within: Some(shop.clone()), score: Some(400), ..any() }),
            (
                vec![11],
                EvidenceFilter {
                    block: Some(reference("b")),
                    destination: "198.51.100.25".parse().ok(),
                    message_id: MessageId::new("<11@shop.example>"),
                    ..any()
                },
            ),
        ] {
            assert_eq!(times(store, &filter), expected, "{filter:?}");
        }
        let found = store.find_evidence(&any(), &PageAsk::first(1)).unwrap();
        assert_eq!((found.rows[0].block.as_str(), found.rows[0].subject.name()), ("d", "2001:db8:1:2::/64".into()));
        assert!(found.next.is_some());
    });
}

#[test]
fn a_destination_looked_up_later_is_found() {
    each(|store| {
        store.open_block(&block("a", 1), &[evidence(1)], None).unwrap();
        let known = Evidence { destination_ip: "203.0.113.25".parse().ok(), ..evidence(1) };
        store.set_destinations(&reference("a"), std::slice::from_ref(&known)).unwrap();
        let filter = EvidenceFilter { destination: known.destination_ip, ..EvidenceFilter::default() };
        assert_eq!(store.find_evidence(&filter, &PageAsk::first(9)).unwrap().rows[0].evidence, known);
    });
}

/// Walks all pages, adding a block with its message between any two of them.
fn walk_blocks(store: &dyn Searched, order: Order, limit: usize, added: &[i64]) -> Result<Vec<String>, StoreError> {
    let (mut names, mut after, mut added) = (Vec::new(), None::<BlockPosition>, added.iter().enumerate());
    loop {
        let page = store.find_blocks(&BlockFilter::default(), &PageAsk { after, limit, order })?;
        names.extend(page.rows.iter().map(|block| block.reference.to_string()));
        let Some(next) = page.next else { return Ok(names) };
        after = BlockPosition::parse(&next.to_string());
        if let Some((number, since)) = added.next() {
            store.open_block(&block(&format!("new{number}"), *since), &[], None)?;
        }
    }
}

fn walk_evidence(store: &dyn Searched, order: Order, limit: usize, added: &[i64]) -> Result<Vec<u64>, StoreError> {
    let (mut ids, mut after, mut added) = (Vec::new(), None::<EvidencePosition>, added.iter());
    loop {
        let page = store.find_evidence(&EvidenceFilter::default(), &PageAsk { after, limit, order })?;
        ids.extend(page.rows.iter().map(|found: &FoundEvidence| found.id));
        let Some(next) = page.next else { return Ok(ids) };
        after = EvidencePosition::parse(&next.to_string());
        if let Some(at) = added.next() {
            store.add_evidence(&reference("old0"), &[evidence(*at)])?;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_row_is_lost_or_told_twice_while_rows_are_added(
        old in prop::collection::vec(0i64..8, 1..20), added in prop::collection::vec(0i64..8, 0..6),
        limit in 1usize..5, oldest in any::<bool>(),
    ) {
        let order = if oldest { Order::Oldest } else { Order::Latest };
        each(|store| {
            for (number, since) in old.iter().enumerate() {
                store.open_block(&block(&format!("old{number}"), *since), &[evidence(*since)], None).unwrap();
            }
            let walked = walk_blocks(store, order, limit, &added).unwrap();
            let mut told = walked.clone();
            told.sort();
            told.dedup();
            assert_eq!(told.len(), walked.len(), "told twice: {walked:?}");
            let kept = told.iter().filter(|name| name.starts_with("old")).count();
            assert_eq!(kept, old.len(), "lost: {walked:?}");

            let before = u64::try_from(old.len()).unwrap();
            let walked = walk_evidence(store, order, limit, &added).unwrap();
            let mut told = walked.clone();
            told.sort_unstable();
            told.dedup();
            assert_eq!(told.len(), walked.len(), "told twice: {walked:?}");
            assert_eq!(told.iter().filter(|id| **id <= before).count(), old.len(), "lost: {walked:?}");
        });
    }
}
