//! What every store promises of diagnoses.
#![cfg(test)]

use diagnostics::{DiagnosisStore, Patient, State, Task};
use model::{SubjectKind, Timestamp};
use store::{MemoryStore, SqliteStore};

fn each(test: impl Fn(&dyn DiagnosisStore)) {
    test(&MemoryStore::default());
    let directory = tempfile::tempdir().unwrap();
    test(&SqliteStore::open(directory.path()).unwrap());
}

fn task(kind: SubjectKind, name: &str, created: i64) -> Task {
    Task {
        id: 0,
        patient: Patient::parse(kind, name).unwrap(),
        state: State::Todo,
        by: "operator".into(),
        created: Timestamp(created),
        started: None,
        finished: None,
        checks: 3,
        findings: Vec::new(),
        error: None,
    }
}

fn ids(tasks: Vec<Task>) -> Vec<u64> {
    tasks.into_iter().map(|task| task.id).collect()
}

#[test]
fn a_new_one_replaces_none() {
    each(|store| {
        let bob = task(SubjectKind::Account, "bob@shop.example", 1);
        let ids_given: Vec<_> = (0..3).map(|_| store.add_diagnosis(&bob).unwrap()).collect();
        assert_eq!(ids_given, [1, 2, 3]);
        store.add_diagnosis(&task(SubjectKind::Domain, "shop.example", 2)).unwrap();
        assert_eq!(ids(store.diagnoses(Some(&bob.patient), 2).unwrap()), [3, 2]);
        assert_eq!(ids(store.diagnoses(None, 10).unwrap()), [4, 3, 2, 1]);
        assert_eq!(store.diagnosis(2).unwrap().unwrap(), Task { id: 2, ..bob });
        assert_eq!(store.diagnosis(9).unwrap(), None);
    });
}

#[test]
fn what_is_not_over_is_found_again_and_never_forgotten() {
    each(|store| {
        let id = store.add_diagnosis(&task(SubjectKind::Ip, "192.0.2.1", 1)).unwrap();
        let other = store.add_diagnosis(&task(SubjectKind::Ip, "2001:db8::1", 1)).unwrap();
        let mut over = store.diagnosis(id).unwrap().unwrap();
        (over.state, over.error) = (State::Error, Some("it was cancelled".into()));
        store.put_diagnosis(&over).unwrap();
        assert_eq!(ids(store.unfinished_diagnoses().unwrap()), [other]);
        store.prune_diagnoses(Timestamp(1)).unwrap();
        assert_eq!(store.diagnosis(id).unwrap().as_ref(), Some(&over));
        store.prune_diagnoses(Timestamp(2)).unwrap();
        assert_eq!((store.diagnosis(id).unwrap(), ids(store.diagnoses(None, 10).unwrap())), (None, vec![other]));
        store.put_diagnosis(&over).unwrap();
        assert_eq!(store.diagnosis(id).unwrap(), None, "what was forgotten stays forgotten");
        assert_eq!(store.add_diagnosis(&over).unwrap(), 3, "a number is never used again");
    });
}
