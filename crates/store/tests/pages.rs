//! What every store promises of lists that are read page by page.
#![cfg(test)]

mod samples;

use customers::ticket::TicketStore;
use diagnostics::{DiagnosisStore, Patient, State, Task};
use limits::{DeliveryPlace, HappeningKind, LetterPlace, WebhookStore};
use model::{Block, SubjectKind, Timestamp, WayOut};
use samples::alert;
use store::{MemoryStore, SqliteStore};
use testkit::samples::block;

trait All: WebhookStore + TicketStore {}
impl<T: WebhookStore + TicketStore> All for T {}

fn each(test: impl Fn(&dyn All)) {
    test(&MemoryStore::default());
    let directory = tempfile::tempdir().unwrap();
    test(&SqliteStore::open(directory.path()).unwrap());
}

/// Three blocks of one moment and one of another, each with a letter and a ticket, told to two receivers.
fn filled(store: &dyn All) {
    for hook in ["a", "b"] {
        store.queue_deliveries(hook, HappeningKind::ALL).unwrap();
    }
    for (name, since) in [("one", 5), ("two", 5), ("three", 5), ("four", 9)] {
        let ticketed = Block { way_out: WayOut::Ticket, automatic_release: false, ..block(name, since) };
        store.open_block(&ticketed, &[], Some(&alert(name))).unwrap();
    }
    for hook in ["a", "b"] {
        store.queue_deliveries(hook, HappeningKind::ALL).unwrap();
    }
}

/// The pages of two rows, joined, are the whole list.
fn joins<R: std::fmt::Debug + PartialEq>(whole: Vec<R>, mut page: impl FnMut(Option<&R>) -> Vec<R>) {
    let mut joined = Vec::new();
    loop {
        let next = page(joined.last());
        assert!(next.len() <= 2, "{next:?}");
        if next.is_empty() {
            break;
        }
        joined.extend(next);
    }
    assert!(whole.len() > 3, "{whole:?}");
    assert_eq!(joined, whole);
}

#[test]
fn letters_go_on_behind_the_last_one() {
    each(|store| {
        filled(store);
        joins(store.letters(None, 99).unwrap(), |last| match last {
            None => store.letters(None, 2).unwrap(),
            Some(last) => {
                let place = LetterPlace::of(last);
                assert_eq!(LetterPlace::parse(&place.to_string()), Some(place.clone()));
                store.letters_after(&place, None, 2).unwrap()
            }
        });
    });
}

#[test]
fn deliveries_go_on_behind_the_last_one() {
    each(|store| {
        filled(store);
        for hook in [None, Some("b")] {
            joins(store.deliveries(hook, None, 99).unwrap(), |last| match last {
                None => store.deliveries(hook, None, 2).unwrap(),
                Some(last) => {
                    let place = DeliveryPlace::of(last);
                    assert_eq!(DeliveryPlace::parse(&place.to_string()), Some(place.clone()));
                    store.deliveries_after(&place, hook, None, 2).unwrap()
                }
            });
        }
    });
}

#[test]
fn tickets_go_on_below_the_last_number() {
    each(|store| {
        filled(store);
        let numbers = |tickets: Vec<(customers::ticket::Ticket, Option<Block>)>| -> Vec<u64> {
            tickets.into_iter().map(|(ticket, _)| ticket.id).collect()
        };
        joins(numbers(store.tickets(true, 99).unwrap()), |last| {
            numbers(store.tickets_before(last.copied().unwrap_or(u64::MAX), true, 2).unwrap())
        });
    });
}

fn task(patient: Patient) -> Task {
    let (by, findings) = ("operator".into(), Vec::new());
    let (created, started, finished, error) = (Timestamp(1), None, None, None);
    Task { id: 0, patient, state: State::Todo, by, created, started, finished, checks: 3, findings, error }
}

#[test]
fn diagnoses_go_on_below_the_last_number() {
    let directory = tempfile::tempdir().unwrap();
    let stores: [Box<dyn DiagnosisStore>; 2] =
        [Box::new(MemoryStore::default()), Box::new(SqliteStore::open(directory.path()).unwrap())];
    for store in stores {
        let patient = |name: &str| Patient::parse(SubjectKind::Account, name).unwrap();
        for name in ["bob@shop.example", "ann@shop.example", "bob@shop.example", "bob@shop.example", "bob@shop.example"]
        {
            store.add_diagnosis(&task(patient(name))).unwrap();
        }
        let bob = patient("bob@shop.example");
        let numbers = |tasks: Vec<Task>| -> Vec<u64> { tasks.into_iter().map(|task| task.id).collect() };
        for of in [None, Some(&bob)] {
            joins(numbers(store.diagnoses(of, 99).unwrap()), |last| {
                numbers(store.diagnoses_before(last.copied().unwrap_or(u64::MAX), of, 2).unwrap())
            });
        }
    }
}
