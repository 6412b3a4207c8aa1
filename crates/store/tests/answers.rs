//! What every store promises of calls that are carried out once, and what follows from it across a restart.
#![cfg(test)]

use std::sync::Arc;

use access::{AnswerStore, Answers, CallName, KeptAnswer, KeptCall, Noted, Start};
use model::time::ManualClock;
use model::{Clock, Timestamp};
use store::{MemoryAccess, SqliteStore};

fn each(test: impl Fn(&dyn AnswerStore)) {
    test(&MemoryAccess::default());
    let directory = tempfile::tempdir().unwrap();
    test(&SqliteStore::open(directory.path()).unwrap());
}

fn name(caller: &str, key: &str) -> CallName {
    CallName { caller: caller.into(), key: key.into() }
}

fn begin(store: &dyn AnswerStore, caller: &str, key: &str, at: i64) -> Noted {
    store.begin_call(&name(caller, key), "hash", Timestamp(at), 2).unwrap()
}

#[test]
fn a_call_is_new_once_and_its_answer_stays() {
    each(|store| {
        assert_eq!(begin(store, "bob", "1", 5), Noted::New);
        let begun = KeptCall { request: "hash".into(), answer: None };
        assert_eq!(begin(store, "bob", "1", 6), Noted::Before(begun.clone()));
        store.answer_call(&name("bob", "1"), b"done").unwrap();
        let answered = KeptCall { answer: Some(b"done".to_vec()), ..begun };
        assert_eq!(begin(store, "bob", "1", 7), Noted::Before(answered));
        assert_eq!(begin(store, "ann", "1", 7), Noted::New);
    });
}

#[test]
fn a_caller_has_so_many_and_old_ones_are_forgotten() {
    each(|store| {
        assert_eq!((begin(store, "bob", "1", 5), begin(store, "bob", "2", 6)), (Noted::New, Noted::New));
        assert_eq!((begin(store, "bob", "3", 7), begin(store, "ann", "3", 7)), (Noted::Full, Noted::New));
        store.withdraw_call(&name("bob", "2")).unwrap();
        assert_eq!(begin(store, "bob", "3", 7), Noted::New);
        store.prune_calls(Timestamp(6)).unwrap();
        assert_eq!(begin(store, "bob", "1", 8), Noted::New);
        assert!(matches!(begin(store, "bob", "3", 8), Noted::Before(_)));
    });
}

fn answer() -> KeptAnswer {
    KeptAnswer {
        status: 201,
        media: "application/json".into(),
        tag: Some("\"a1\"".into()),
        body: b"{\"token\":\"prk_2\"}".to_vec(),
    }
}

#[test]
fn an_answer_survives_a_restart_and_is_its_callers_alone() {
    let directory = tempfile::tempdir().unwrap();
    let clock = ManualClock::at(Timestamp::from_secs(1_700_000_000));
    let answers = |store: SqliteStore| Answers::new(Arc::new(store), Arc::new(clock.clone()) as Arc<dyn Clock>);
    let call = name("key 3f9a (panel)", "6f1e");
    let first = answers(SqliteStore::open(directory.path()).unwrap());
    assert_eq!(first.begin(&call, "prk_1", &[b"body"]).unwrap(), Start::New);
    assert_eq!(first.begin(&call, "prk_1", &[b"body"]).unwrap(), Start::Running);
    first.finish(&call, "prk_1", Some(&answer())).unwrap();
    let cut = name("key 3f9a (panel)", "cut");
    assert_eq!(first.begin(&cut, "prk_1", &[b"body"]).unwrap(), Start::New);
    drop(first);
    let kept = std::fs::read(directory.path().join("portreeve.sqlite")).unwrap();
    let logged = std::fs::read(directory.path().join("portreeve.sqlite-wal")).unwrap_or_default();
    assert!(!String::from_utf8_lossy(&[kept, logged].concat()).contains("prk_2"), "an answer can be read");
    let second = answers(SqliteStore::open(directory.path()).unwrap());
    assert_eq!(second.begin(&call, "prk_1", &[b"body"]).unwrap(), Start::Answered(answer()));
    assert_eq!(second.begin(&call, "prk_1", &[b"other"]).unwrap(), Start::Other);
    assert_eq!(second.begin(&cut, "prk_1", &[b"body"]).unwrap(), Start::CutOff);
    clock.advance(Answers::KEPT * 2);
    assert_eq!(second.begin(&call, "prk_1", &[b"other"]).unwrap(), Start::New);
    second.finish(&call, "prk_1", None).unwrap();
    assert_eq!(second.begin(&call, "prk_1", &[b"third"]).unwrap(), Start::New);
}
