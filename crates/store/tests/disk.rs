//! The store on disk: who may open it, and what happens when it is full, read-only, damaged, or its process is killed.
#![cfg(test)]

mod samples;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use limits::{Store, StoreError};
use samples::alert;
use store::SqliteStore;
use testkit::samples::{block, evidence, reference};

#[test]
fn what_was_written_is_there_after_reopening() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("deep/down");
    SqliteStore::open(&path).unwrap().open_block(&block("one", 1), &[evidence(1)], Some(&alert("one"))).unwrap();
    let reopened = SqliteStore::open(&path).unwrap();
    assert_eq!(reopened.block(&reference("one")).unwrap(), Some(block("one", 1)));
    assert_eq!(reopened.evidence(&reference("one"), 9).unwrap(), [evidence(1)]);
    assert_eq!(reopened.pending_alerts().unwrap(), [alert("one")]);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn a_reader_sees_what_the_daemon_writes_and_writes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let none = SqliteStore::open_read_only(directory.path()).err().map(|error| error.to_string());
    assert!(none.is_some_and(|text| text.contains("there is none in")));
    let daemon = SqliteStore::open(directory.path()).unwrap();
    let reader = SqliteStore::open_read_only(directory.path()).unwrap();
    daemon.open_block(&block("one", 1), &[], None).unwrap();
    assert_eq!(reader.blocks(true, 9).unwrap(), [block("one", 1)]);
    assert!(matches!(reader.update_block(&block("two", 1)), Err(StoreError::ReadOnly(_))));
    drop(daemon);
    assert_eq!(reader.blocks(true, 9).unwrap().len(), 1);
}

#[test]
fn only_one_process_writes() {
    let directory = tempfile::tempdir().unwrap();
    let first = SqliteStore::open(directory.path()).unwrap();
    let second = SqliteStore::open(directory.path()).err().map(|error| error.to_string());
    assert!(second.is_some_and(|text| text.contains("another process of Portreeve works in")));
    drop(first);
    SqliteStore::open(directory.path()).unwrap();
}

#[test]
fn a_full_disk_loses_nothing_and_writing_goes_on_when_there_is_space() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path()).unwrap();
    store.limit_pages(1).unwrap();
    let fill = |number: i64| store.open_block(&block(&format!("b{number}"), number), &vec![evidence(number); 20], None);
    let written = (0..1000).take_while(|number| fill(*number).is_ok()).count();
    let refused = fill(1000).unwrap_err();
    assert!(matches!(refused, StoreError::Full(_)), "{refused}");
    assert_eq!(refused.to_string(), "the disk of the store is full: database or disk is full");
    assert!(store.block(&reference("b1000")).unwrap().is_none(), "all or nothing");
    assert_eq!(store.blocks(false, 2000).unwrap().len(), written);
    store.limit_pages(1_000_000).unwrap();
    fill(1000).unwrap();
    assert_eq!(store.evidence(&reference("b1000"), 99).unwrap().len(), 20);
}

#[test]
fn a_read_only_store_says_so_and_recovers() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path()).unwrap();
    store.refuse_writes(true).unwrap();
    assert!(matches!(store.probe(), Err(StoreError::ReadOnly(_))));
    assert!(matches!(store.update_block(&block("one", 1)), Err(StoreError::ReadOnly(_))));
    store.refuse_writes(false).unwrap();
    store.probe().unwrap();
}

#[test]
fn a_directory_that_may_not_be_used_is_told() {
    let directory = tempfile::tempdir().unwrap();
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o500)).unwrap();
    if fs::write(directory.path().join("any"), "").is_ok() {
        eprintln!("skipped: permissions don't bind this user");
        return;
    }
    assert!(matches!(SqliteStore::open(directory.path()), Err(StoreError::ReadOnly(_))));
}

#[test]
fn a_file_where_the_directory_should_be_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("file");
    fs::write(&path, "").unwrap();
    assert!(SqliteStore::open(&path).err().is_some_and(|error| error.to_string().contains("can't be made")));
}

#[test]
fn a_damaged_file_is_refused_with_advice() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("portreeve.sqlite"), "this is not a database, and was never one".repeat(200))
        .unwrap();
    let refused = SqliteStore::open(directory.path()).err().unwrap();
    assert!(matches!(refused, StoreError::Damaged(_)), "{refused}");
    assert!(refused.to_string().contains("restore a copy"), "{refused}");
}

/// Where the child of the test below writes.
const CHILD: &str = "PORTREEVE_TEST_STORE";

/// SIGKILL in the middle of writing: whatever was acknowledged is there, with its evidence and its alert.
#[test]
fn a_killed_process_loses_nothing_that_was_acknowledged() {
    let directory = tempfile::tempdir().unwrap();
    let acknowledged = write_and_kill(directory.path(), 40);
    let store = SqliteStore::open(directory.path()).unwrap();
    for name in &acknowledged {
        assert!(store.block(&reference(name)).unwrap().is_some(), "{name} was acknowledged and is gone");
        assert_eq!(store.evidence(&reference(name), 9).unwrap().len(), 2);
        assert_eq!(
            store.alert(&reference(name)).unwrap().map(|job| job.about),
            Some(limits::Matter::Block(reference(name)))
        );
    }
    let alerts = store.pending_alerts().unwrap().len();
    assert_eq!(alerts, store.blocks(false, 1_000_000).unwrap().len(), "no block without its alert");
}

/// Runs this test binary again as the writer and kills it after `enough` acknowledgements; returns all it gave.
fn write_and_kill(directory: &Path, enough: usize) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_child_that_is_killed", "--nocapture"])
        .env(CHILD, directory)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut names = lines.filter_map(|line| line.strip_prefix("written ").map(str::to_owned));
    let mut acknowledged: Vec<_> = names.by_ref().take(enough).collect();
    child.kill().unwrap();
    acknowledged.extend(names);
    child.wait().unwrap();
    assert!(acknowledged.len() >= enough, "the child wrote only {}", acknowledged.len());
    acknowledged
}

/// Not a test by itself: it writes until it is killed, and only where it is told to.
#[test]
fn the_child_that_is_killed() {
    let Some(directory) = std::env::var_os(CHILD) else { return };
    let store = SqliteStore::open(Path::new(&directory)).unwrap();
    for number in 0.. {
        let name = format!("b{number}");
        let (begun, evidence) = (block(&name, number), [evidence(number), evidence(number + 1)]);
        store.open_block(&begun, &evidence, Some(&alert(&name))).unwrap();
        writeln!(std::io::stdout(), "\nwritten {name}").unwrap();
    }
}
