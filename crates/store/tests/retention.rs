//! Forgetting in steps: how much one takes, and what a crash between two of them leaves.
#![cfg(test)]

mod samples;

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use access::{AccessStore, AuditEntry, AuditQuery, Drawer};
use limits::{Pruned, Snapshot, Store};
use model::{Kept, Shelf, SubjectKey, SubjectKind, Timestamp};
use samples::alert;
use store::SqliteStore;
use testkit::samples::{block, evidence, reference, released};

/// `count` released blocks with ten messages each, and one in force.
fn filled(directory: &Path, count: i64) -> SqliteStore {
    let store = SqliteStore::open(directory).unwrap();
    let messages: Vec<_> = (0..10).map(evidence).collect();
    for number in 0..count {
        let name = format!("b{number}");
        store.open_block(&block(&name, number), &messages, Some(&alert(&name))).unwrap();
        store.update_block(&released(block(&name, number), number)).unwrap();
    }
    store.open_block(&block("kept", 1), &messages, Some(&alert("kept"))).unwrap();
    store
}

/// All that is kept of the block in force.
fn is_whole(store: &SqliteStore) {
    assert_eq!(store.block(&reference("kept")).unwrap(), Some(block("kept", 1)));
    assert_eq!(store.evidence(&reference("kept"), 99).unwrap().len(), 10);
    assert_eq!(store.alert(&reference("kept")).unwrap(), Some(alert("kept")));
}

#[test]
fn a_step_takes_a_bounded_number_of_rows_and_the_oldest_first() {
    let directory = tempfile::tempdir().unwrap();
    let store = filled(directory.path(), 5);
    let messages = |name: &str| store.evidence(&reference(name), 99).unwrap().len();
    assert_eq!(store.prune(Timestamp(9), Timestamp(0), 4).unwrap(), Pruned::More);
    assert_eq!((messages("b0"), messages("b1")), (6, 10));
    assert!(store.block(&reference("b0")).unwrap().is_some(), "it goes with its last message");
    let steps = (0..100).take_while(|_| store.prune(Timestamp(9), Timestamp(0), 4).unwrap() == Pruned::More).count();
    assert!((12..40).contains(&steps), "{steps}");
    assert_eq!(store.blocks(false, 99).unwrap().len(), 1);
    is_whole(&store);
}

#[test]
fn counters_and_what_was_seen_go_in_steps_too() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path()).unwrap();
    let subject = |number: i64| SubjectKey::parse(SubjectKind::Domain, &format!("d{number}.example")).unwrap();
    let counted = |at: i64| Snapshot { subject: subject(at), at: Timestamp(at), record: vec![1] };
    store.save_counters(&(0..10).map(counted).collect::<Vec<_>>()).unwrap();
    let shelf = *Shelf::ALL.iter().find(|shelf| !shelf.must_survive()).unwrap();
    let seen = |at: i64| Kept { shelf, name: format!("n{at}"), at: Timestamp(at), record: vec![1] };
    store.save_kept(&(0..10).map(seen).collect::<Vec<_>>()).unwrap();
    assert_eq!(store.prune(Timestamp(0), Timestamp(8), 5).unwrap(), Pruned::More);
    assert_eq!(store.load_counters(Timestamp(0)).unwrap().len(), 5);
    assert_eq!(store.prune(Timestamp(0), Timestamp(8), 5).unwrap(), Pruned::All);
    assert_eq!(store.load_counters(Timestamp(0)).unwrap().len(), 2);
    assert_eq!(store.prune_kept(Timestamp(8), 5).unwrap(), Pruned::More);
    assert_eq!(store.prune_kept(Timestamp(8), 5).unwrap(), Pruned::All);
    assert_eq!(store.load_kept(shelf).unwrap().len(), 2);
}

#[test]
fn more_lines_of_the_audit_log_than_a_step_takes_go_all_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path()).unwrap();
    {
        let other = rusqlite::Connection::open(directory.path().join("portreeve.sqlite")).unwrap();
        let lines = "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 2499)
            INSERT INTO audit (at, who, role, action, subject, detail) SELECT i, 'anna', 'operator', 'look', '', '' FROM n";
        other.execute_batch(lines).unwrap();
    }
    store.put(Drawer::Sessions, "old", Timestamp(1), "{}").unwrap();
    store.put(Drawer::Sessions, "new", Timestamp(2), "{}").unwrap();
    store.prune_notes(Timestamp(2400)).unwrap();
    store.prune_records(Drawer::Sessions, Timestamp(2)).unwrap();
    let left: Vec<AuditEntry> = store.notes(&AuditQuery { limit: 500, ..AuditQuery::default() }).unwrap();
    assert_eq!((left.len(), left.last().map(|line| line.at)), (100, Some(Timestamp(2400))));
    assert_eq!(store.records(Drawer::Sessions, 9).unwrap(), [("new".to_owned(), "{}".to_owned())]);
}

/// Where the child of the test below forgets.
const CHILD: &str = "PORTREEVE_TEST_RETENTION";

/// SIGKILL between two steps and within them: what is kept is whole, and the next start goes on.
#[test]
fn a_process_that_is_killed_while_it_forgets_loses_nothing_that_is_kept() {
    let directory = tempfile::tempdir().unwrap();
    drop(filled(directory.path(), 100));
    for steps in [1, 7, 20] {
        forget_and_kill(directory.path(), steps);
        let store = SqliteStore::open(directory.path()).unwrap();
        is_whole(&store);
        assert!(store.blocks(false, 999).unwrap().len() > 1, "it was killed before its end");
    }
    let store = SqliteStore::open(directory.path()).unwrap();
    while store.prune(Timestamp(999), Timestamp(0), 5).unwrap() == Pruned::More {}
    assert_eq!(store.blocks(false, 999).unwrap().len(), 1);
    is_whole(&store);
}

fn forget_and_kill(directory: &Path, steps: usize) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_child_that_forgets", "--nocapture"])
        .env(CHILD, directory)
        .stdout(Stdio::piped())
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut orders = child.stdin.take().unwrap();
    for _ in 0..steps {
        orders.write_all(b"go\n").unwrap();
        assert!(lines.any(|line| line == "a step"));
    }
    orders.write_all(b"go\n").unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Not a test by itself: it forgets a step for each order until it is killed, and only where it is told to.
#[test]
fn the_child_that_forgets() {
    let Some(directory) = std::env::var_os(CHILD) else { return };
    let store = SqliteStore::open(Path::new(&directory)).unwrap();
    for _ in std::io::stdin().lines() {
        assert_eq!(store.prune(Timestamp(999), Timestamp(0), 5).unwrap(), Pruned::More);
        writeln!(std::io::stdout(), "\na step").unwrap();
    }
}
