//! The writing thread: order, acknowledgement, and what happens while the store fails.
#![cfg(test)]

mod samples;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use limits::{LetterKind, Pruned, Snapshot, Store, StoreError};
use model::time::ManualClock;
use model::{Event, EventSink, SubjectKey, SubjectKind, Timestamp};
use samples::alert;
use store::{OnFailure, SqliteStore, Writer};
use testkit::samples::{block, evidence, reference, released};
use tokio::sync::Notify;

/// Remembers failures and recoveries.
#[derive(Default)]
struct Told {
    lines: Mutex<Vec<String>>,
    recovered: Notify,
}

impl Told {
    fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }
}

impl EventSink for Told {
    fn emit(&self, event: &Event<'_>) {
        let line = match event {
            Event::Degraded { part, policy, error } => format!("{part} {policy}: {error}"),
            Event::Recovered { part } => {
                self.recovered.notify_one();
                format!("{part} works")
            }
            _ => return,
        };
        self.lines.lock().unwrap().push(line);
    }
}

struct Bench {
    directory: tempfile::TempDir,
    store: Arc<SqliteStore>,
    told: Arc<Told>,
    writer: Writer,
}

impl Bench {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = Arc::new(SqliteStore::open(directory.path()).unwrap());
        let told = Arc::new(Told::default());
        let clock = Arc::new(ManualClock::at(Timestamp(77)));
        let writer =
            Writer::start(Arc::clone(&store) as _, clock, Arc::clone(&told) as _, OnFailure::Tempfail).unwrap();
        Self { directory, store, told, writer }
    }
}

fn counted(at: i64) -> Snapshot {
    let subject = SubjectKey::parse(SubjectKind::Domain, "shop.example").unwrap();
    Snapshot { subject, at: Timestamp(at), record: vec![1] }
}

#[tokio::test]
async fn what_is_acknowledged_is_durable_and_in_order() {
    let bench = Bench::new();
    let opened = bench.writer.open_block(block("one", 1), vec![evidence(1)], Some(alert("one")));
    let added = bench.writer.add_evidence(reference("one"), vec![evidence(2)]);
    let updated = bench.writer.update_block(released(block("one", 1), 5));
    opened.await.unwrap();
    added.await.unwrap();
    updated.await.unwrap();
    assert_eq!(bench.store.block(&reference("one")).unwrap(), Some(released(block("one", 1), 5)));
    assert_eq!(bench.store.evidence(&reference("one"), 9).unwrap().len(), 2);
    bench.writer.prune(Timestamp(6), Timestamp(0)).await.unwrap();
    assert_eq!(bench.store.block(&reference("one")).unwrap(), None);
    assert!(bench.writer.is_healthy());
    assert!(bench.told.lines().is_empty());
}

/// A released block with so many flagged messages.
fn old(store: &SqliteStore, messages: i64) {
    let messages: Vec<_> = (0..messages).map(evidence).collect();
    store.open_block(&block("old", 1), &messages, None).unwrap();
    store.update_block(&released(block("old", 1), 5)).unwrap();
}

/// Somebody else writes meanwhile: whatever is handed over waits until this is dropped.
fn hold(directory: &std::path::Path) -> rusqlite::Connection {
    let other = rusqlite::Connection::open(directory.join("portreeve.sqlite")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    other
}

#[tokio::test]
async fn a_block_that_trips_waits_for_one_step_of_forgetting_and_not_for_all() {
    let bench = Bench::new();
    old(&bench.store, 3500);
    let held = hold(bench.directory.path());
    let pruned = bench.writer.prune(Timestamp(6), Timestamp(0));
    let tripped = bench.writer.open_block(block("new", 7), vec![evidence(7)], Some(alert("new")));
    drop(held);
    tripped.await.unwrap();
    let left = bench.store.evidence(&reference("old"), 9999).unwrap().len();
    assert!((500..=2500).contains(&left), "between two steps: {left}");
    pruned.await.unwrap();
    assert_eq!(bench.store.block(&reference("old")).unwrap(), None);
    assert!(bench.store.evidence(&reference("old"), 9).unwrap().is_empty());
    assert_eq!(bench.store.evidence(&reference("new"), 9).unwrap(), [evidence(7)]);
}

#[tokio::test]
async fn the_end_does_not_wait_until_all_is_forgotten() {
    let Bench { directory, store, writer, .. } = Bench::new();
    old(&store, 3500);
    let held = hold(directory.path());
    let pruned = writer.prune(Timestamp(6), Timestamp(0));
    let tripped = writer.open_block(block("new", 7), vec![evidence(7)], None);
    let ending = std::thread::spawn(move || drop(writer));
    drop(held);
    ending.join().unwrap();
    tripped.await.unwrap();
    let interrupted = pruned.await;
    assert!(store.block(&reference("new")).unwrap().is_some());
    // The next start goes on: what stood half forgotten is whole in itself.
    assert_eq!(store.block(&reference("old")).unwrap().is_some(), interrupted.is_err());
    while store.prune(Timestamp(6), Timestamp(0), 1000).unwrap() == Pruned::More {}
    assert_eq!(store.block(&reference("old")).unwrap(), None);
}

#[tokio::test]
async fn counters_are_written_without_anyone_waiting() {
    let bench = Bench::new();
    (1..=100).for_each(|at| bench.writer.save_counters(vec![counted(at)]));
    bench.writer.flush().await.unwrap();
    assert_eq!(bench.store.load_counters(Timestamp(0)).unwrap(), [counted(100)]);
}

#[tokio::test]
async fn a_failing_store_keeps_blocks_in_memory_and_writes_them_when_it_works_again() {
    let bench = Bench::new();
    bench.store.refuse_writes(true).unwrap();
    let told = bench.writer.open_block(block("one", 1), vec![evidence(1)], Some(alert("one"))).await;
    assert!(matches!(told, Err(StoreError::ReadOnly(_))), "{told:?}");
    assert!(bench.writer.update_block(released(block("one", 1), 5)).await.is_err());
    bench.writer.save_counters(vec![counted(1)]);
    assert!(bench.writer.flush().await.is_err());
    assert!(!bench.writer.is_healthy());
    let health = bench.writer.health();
    assert_eq!(health.failing.map(|(since, _)| since), Some(Timestamp(77)));
    assert_eq!((health.waiting, health.lost), (2, 0));

    bench.store.refuse_writes(false).unwrap();
    bench.writer.flush().await.unwrap();
    assert_eq!(bench.store.block(&reference("one")).unwrap(), Some(released(block("one", 1), 5)));
    let farewell = alert("one").follow_up(1, LetterKind::Released, Timestamp(5));
    assert_eq!(
        bench.store.pending_alerts().unwrap(),
        [alert("one"), farewell],
        "and the letter of the release with it"
    );
    assert!(bench.store.load_counters(Timestamp(0)).unwrap().is_empty(), "dropped: the next snapshot replaces them");
    assert_eq!(bench.writer.health(), store::Health::default());
    let lines = bench.told.lines();
    assert_eq!(lines.len(), 2, "once per change: {lines:?}");
    assert!(lines[0].starts_with("store tempfail: the store can't be written"), "{lines:?}");
    assert_eq!(lines[1], "store works");
}

#[tokio::test]
async fn a_store_that_was_repaired_is_noticed_without_new_work() {
    let bench = Bench::new();
    bench.store.refuse_writes(true).unwrap();
    bench.writer.open_block(block("one", 1), vec![], None).await.unwrap_err();
    bench.store.refuse_writes(false).unwrap();
    tokio::time::timeout(Duration::from_secs(20), bench.told.recovered.notified()).await.unwrap();
    assert!(bench.store.block(&reference("one")).unwrap().is_some());
}

#[tokio::test]
async fn it_is_noticed_even_when_nothing_waits_to_be_written() {
    let bench = Bench::new();
    bench.store.refuse_writes(true).unwrap();
    bench.writer.save_counters(vec![counted(1)]);
    bench.writer.flush().await.unwrap_err();
    bench.store.refuse_writes(false).unwrap();
    tokio::time::timeout(Duration::from_secs(20), bench.told.recovered.notified()).await.unwrap();
    assert!(bench.writer.is_healthy());
}

#[tokio::test]
async fn what_can_never_be_written_does_not_stop_what_comes_after() {
    let bench = Bench::new();
    bench.writer.add_evidence(reference("none"), vec![evidence(1)]).await.unwrap_err();
    for number in 0..5 {
        let _ = bench.writer.update_block(block(&format!("b{number}"), 1)).await;
    }
    bench.writer.flush().await.unwrap();
    assert_eq!(bench.store.blocks(false, 9).unwrap().len(), 5);
    assert_eq!(bench.writer.health().lost, 1);
}

#[tokio::test]
async fn the_queue_is_bounded() {
    let bench = Bench::new();
    bench.store.refuse_writes(true).unwrap();
    bench.writer.update_block(block("first", 1)).await.unwrap_err();
    let extra = 10;
    for number in 0..Writer::MAX_WAITING + extra {
        drop(bench.writer.update_block(block(&format!("b{number}"), 1)));
    }
    let health = bench.writer.health();
    assert!(health.waiting <= Writer::MAX_WAITING + 1, "one is being tried: {health:?}");
    assert!(health.lost >= extra as u64, "{health:?}");
}

#[test]
fn dropping_the_writer_finishes_what_is_queued() {
    let bench = Bench::new();
    (0..200).for_each(|number| drop(bench.writer.open_block(block(&format!("b{number}"), number), vec![], None)));
    let Bench { directory: _directory, store, writer, .. } = bench;
    drop(writer);
    assert_eq!(store.blocks(false, 999).unwrap().len(), 200);
}

#[test]
fn dropping_the_writer_of_a_broken_store_ends() {
    let bench = Bench::new();
    bench.store.refuse_writes(true).unwrap();
    let written = bench.writer.open_block(block("one", 1), vec![], None);
    drop(bench.writer);
    let told = tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(written);
    assert!(told.is_err());
}
