//! A diagnosis as a task: bounded, cancellable, kept.

use std::time::Duration;

use diagnostics::{Check, DiagnosisError, DiagnosisSettings, DiagnosisStore, Outcome, Patient, State};
use model::SubjectKind::{Account, Domain, Ip};
use model::{Clock, SubjectKind};

use crate::world::{NOW, World, finding};

fn patient(kind: SubjectKind, name: &str) -> Patient {
    Patient::parse(kind, name).unwrap()
}

#[tokio::test]
async fn it_is_kept_with_all_findings_in_order() {
    let world = World::new().await;
    let first = world.diagnosed(Ip, "192.0.2.25").await;
    let second = world.diagnosed(Ip, "192.0.2.25").await;
    assert_eq!((first.id, second.id, second.state), (1, 2, State::Done));
    let checks: Vec<_> = second.findings.iter().map(|finding| finding.check).collect();
    assert_eq!(checks, [Check::Blocked, Check::Suspended, Check::Locked, Check::ReverseDns, Check::Listed]);
    assert_eq!(second.checks, 5);
    assert_eq!(world.store.diagnosis(2).unwrap(), Some(second.clone()));
    let of = patient(Ip, "192.0.2.25");
    assert_eq!(world.diagnoses.list(Some(&of), 10).unwrap(), [second, first]);
    assert!(matches!(world.diagnoses.show(9), Err(DiagnosisError::Unknown(9))));
}

#[tokio::test]
async fn one_check_that_hangs_costs_no_other() {
    let settings = DiagnosisSettings { check_timeout: Duration::from_millis(150), ..Default::default() };
    let world = World::with(settings, "").await;
    world.dns.silence("25.2.0.192.in-addr.arpa");
    let task = world.diagnosed(Ip, "192.0.2.25").await;
    assert_eq!(task.state, State::Done);
    let hung = finding(&task, Check::ReverseDns);
    assert_eq!((hung.outcome, hung.found.contains("no answer within")), (Outcome::Unknown, true), "{hung:?}");
    assert_eq!(finding(&task, Check::Listed).outcome, Outcome::Pass);
}

#[tokio::test]
async fn the_budget_bounds_them_all() {
    let settings = DiagnosisSettings { budget: Duration::from_millis(100), ..Default::default() };
    let world = World::with(settings, "").await;
    world.dns.silence("shop.example").silence("_domainkey.shop.example");
    let task = world.diagnosed(Domain, "shop.example").await;
    assert_eq!((task.state, finding(&task, Check::Mx).outcome), (State::Done, Outcome::Unknown));
    assert_eq!(task.findings.len(), task.checks);
}

#[tokio::test]
async fn a_cancelled_one_keeps_what_was_found() {
    let world = World::new().await;
    world.dns.silence("25.2.0.192.in-addr.arpa").silence("25.2.0.192.addresses.list.example");
    let begun = world.diagnoses.start(patient(Ip, "192.0.2.25"), None, "test").unwrap();
    while world.diagnoses.show(begun.id).unwrap().findings.is_empty() {
        tokio::task::yield_now().await;
    }
    world.diagnoses.cancel(begun.id).unwrap();
    let task = world.diagnoses.ended(begun.id).await.unwrap();
    assert_eq!((task.state, task.error.as_deref()), (State::Error, Some("it was cancelled")));
    assert!(!task.findings.is_empty() && task.findings.len() < task.checks, "{task:?}");
    assert!(matches!(world.diagnoses.cancel(begun.id), Err(DiagnosisError::Over(_))));
}

#[tokio::test]
async fn more_than_may_run_wait_their_turn() {
    let settings = DiagnosisSettings { parallel: 1, ..Default::default() };
    let world = World::with(settings, "").await;
    world.dns.silence("25.2.0.192.in-addr.arpa");
    let first = world.diagnoses.start(patient(Ip, "192.0.2.25"), None, "test").unwrap();
    while world.diagnoses.show(first.id).unwrap().state == State::Todo {
        tokio::task::yield_now().await;
    }
    let second = world.diagnoses.start(patient(Ip, "192.0.2.26"), None, "test").unwrap();
    tokio::task::yield_now().await;
    assert_eq!(world.diagnoses.show(second.id).unwrap().state, State::Todo);
    let ended = world.diagnoses.ended(second.id).await.unwrap();
    assert!(ended.state == State::Done && world.diagnoses.show(first.id).unwrap().state == State::Done);
}

#[tokio::test]
async fn what_a_stopped_daemon_left_ends_in_error() {
    let world = World::new().await;
    let mut left = world.diagnosed(Account, "bob@shop.example").await;
    left.state = State::Doing;
    left.findings.truncate(1);
    world.store.put_diagnosis(&left).unwrap();
    assert_eq!(world.diagnoses.recover().unwrap(), 1);
    let kept = world.diagnoses.show(left.id).unwrap();
    assert_eq!((kept.state, kept.finished, kept.findings.len()), (State::Error, Some(NOW), 1));
    assert!(kept.error.unwrap().contains("the daemon stopped"));
    assert_eq!(world.diagnoses.recover().unwrap(), 0);
}

#[tokio::test]
async fn old_ones_are_forgotten() {
    let world = World::new().await;
    world.diagnosed(Ip, "192.0.2.25").await;
    world.clock.advance(Duration::from_secs(31 * 86_400));
    let now = world.clock.now();
    let kept = world.diagnosed(Ip, "192.0.2.26").await;
    assert_eq!(kept.created, now);
    assert_eq!(world.diagnoses.list(None, 10).unwrap(), [kept]);
}
