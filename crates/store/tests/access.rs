//! What every store promises of keys, sessions and the audit log.
#![cfg(test)]

use std::os::unix::fs::PermissionsExt;

use access::{AccessStore, AuditEntry, AuditQuery, Drawer, KeyStore};
use model::Timestamp;
use store::{KeyFile, MemoryAccess, SqliteStore};

fn each(test: impl Fn(&dyn AccessStore)) {
    test(&MemoryAccess::default());
    let directory = tempfile::tempdir().unwrap();
    test(&SqliteStore::open(directory.path()).unwrap());
}

fn line(at: i64, who: &str, on: &str) -> AuditEntry {
    AuditEntry {
        id: 0,
        at: Timestamp(at),
        who: who.into(),
        role: "operator".into(),
        client: "2001:db8::1".parse().ok(),
        action: "block.release".into(),
        on: on.into(),
        detail: "\"quoted\"".into(),
    }
}

#[test]
fn a_record_is_replaced_listed_and_removed_in_its_drawer() {
    each(|store| {
        store.put(Drawer::Keys, "b", Timestamp(1), "1").unwrap();
        store.put(Drawer::Keys, "a", Timestamp(1), "2").unwrap();
        store.put(Drawer::Users, "a", Timestamp(1), "3").unwrap();
        store.put(Drawer::Keys, "b", Timestamp(5), "4").unwrap();
        let both = [("a".to_owned(), "2".to_owned()), ("b".to_owned(), "4".to_owned())];
        assert_eq!(store.records(Drawer::Keys, 9).unwrap(), both);
        assert_eq!(store.records(Drawer::Keys, 1).unwrap(), both[..1]);
        assert_eq!(store.record(Drawer::Users, "a").unwrap().as_deref(), Some("3"));
        assert_eq!(store.record(Drawer::Sessions, "a").unwrap(), None);
        store.prune_records(Drawer::Keys, Timestamp(5)).unwrap();
        assert_eq!(store.records(Drawer::Keys, 9).unwrap(), both[1..]);
        assert!(store.remove(Drawer::Users, "a").unwrap());
        assert!(!store.remove(Drawer::Users, "a").unwrap());
    });
}

#[test]
fn the_audit_log_is_read_backwards_and_filtered() {
    each(|store| {
        for at in 1..=4 {
            store.note(&line(at, if at % 2 == 0 { "ann" } else { "bob" }, &format!("block {at}"))).unwrap();
        }
        let times = |query: AuditQuery| -> Vec<i64> {
            store.notes(&query).unwrap().into_iter().map(|entry| entry.at.0).collect()
        };
        assert_eq!(times(AuditQuery::default()), [4, 3, 2, 1]);
        assert_eq!(times(AuditQuery { limit: 2, ..AuditQuery::default() }), [4, 3]);
        assert_eq!(times(AuditQuery { who: Some("bob".into()), ..AuditQuery::default() }), [3, 1]);
        assert_eq!(times(AuditQuery { on: Some("block 2".into()), ..AuditQuery::default() }), [2]);
        assert!(times(AuditQuery { action: Some("x".into()), ..AuditQuery::default() }).is_empty());
        let last = store.notes(&AuditQuery::default()).unwrap().remove(0);
        assert_eq!(AuditEntry { id: 0, ..last.clone() }, line(4, "ann", "block 4"));
        assert_eq!(times(AuditQuery { before: Some(last.id), ..AuditQuery::default() }), [3, 2, 1]);
        store.prune_notes(Timestamp(3)).unwrap();
        assert_eq!(times(AuditQuery::default()), [4, 3]);
    });
}

#[test]
fn keys_are_kept_for_their_owner_only() {
    let directory = tempfile::tempdir().unwrap();
    let file = KeyFile::new(directory.path());
    assert_eq!(file.load().unwrap(), None);
    file.save("one").unwrap();
    file.save("two").unwrap();
    assert_eq!(file.load().unwrap().as_deref(), Some("two"));
    let mode = std::fs::metadata(directory.path().join("site.keys")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(!directory.path().join("site.keys.new").exists());
}
