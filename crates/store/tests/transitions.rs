//! What every store promises of transitions: each one happens, once, in the transaction that writes it. A kind of happening
//! that no transition leads to, and a transition that leads to none, fail here.
#![cfg(test)]

mod samples;

use std::collections::BTreeSet;

use customers::exemption::{Exempt, Exemption};
use customers::report::{Report, ReportState, ReportStore, Taken, Word};
use customers::ticket::{Author, TicketStore};
use limits::{Bounce, HappeningKind, HappeningLog, LetterStore, Lockout, LockoutStore};
use model::{Adoption, Block, BlockState, MessageId, Score, Timestamp, WayOut};
use samples::alert;
use store::{MemoryStore, SqliteStore};
use testkit::samples::{account, block, evidence, reference, released};

trait All: TicketStore + ReportStore + LetterStore + LockoutStore + HappeningLog {}
impl<T: TicketStore + ReportStore + LetterStore + LockoutStore + HappeningLog> All for T {}

fn each(test: impl Fn(&dyn All)) {
    test(&MemoryStore::default());
    let directory = tempfile::tempdir().unwrap();
    test(&SqliteStore::open(directory.path()).unwrap());
}

/// A transition by its name, how it is made, and what it is told as.
type Transition = (&'static str, fn(&dyn All), &'static [&'static str]);

const TRANSITIONS: &[Transition] = &[
    ("a block with a ticket begins", |store| open(store, &ticketed()), &["block.blocked", "ticket.opened"]),
    ("the customer answers", |store| step(store, &|it| it.replied("1. no", Timestamp(2))), &["ticket.answered"]),
    (
        "the desk writes",
        |store| step(store, &|it| it.support_wrote("and?", Timestamp(3)).map(Some)),
        &["ticket.replied"],
    ),
    ("it refuses", |store| step(store, &|it| it.refuse("no", Timestamp(4)).map(Some)), &["ticket.refused"]),
    ("a ticket is closed", |store| step(store, &|it| it.close(Timestamp(5)).map(|()| None)), &["ticket.closed"]),
    (
        "it is reopened",
        |store| step(store, &|it| it.reopened(Author::Customer, "but", Timestamp(6))),
        &["ticket.reopened"],
    ),
    ("a letter comes back", bounce, &["letter.bounced"]),
    ("a message is reported", |store| file(store, 1), &["report.made"]),
    ("another one", |store| file(store, 2), &["report.made"]),
    ("a third", |store| file(store, 3), &["report.made"]),
    (
        "a report is confirmed",
        |store| decide(store, 1, ReportState::Confirmed),
        &["exemption.began", "report.confirmed"],
    ),
    ("one is declined", |store| decide(store, 2, ReportState::Declined), &["report.declined"]),
    ("one is dropped", |store| decide(store, 3, ReportState::Dropped), &["report.dropped"]),
    ("an exemption is removed", |store| drop(store.remove_exemption(1, Timestamp(9)).unwrap()), &["exemption.removed"]),
    ("an operator exempts", |store| assert!(store.add_exemption(&exemption()).unwrap() > 0), &["exemption.began"]),
    ("its time is over", |store| store.prune_reports(Timestamp(0), Timestamp(50)).unwrap(), &["exemption.ended"]),
    ("a release is granted", |store| store.update_block(&granted()).unwrap(), &["block.unblocking", "ticket.approved"]),
    ("it is applied", |store| store.update_block(&over()).unwrap(), &["block.unblocked"]),
    ("it is blocked again", |store| open(store, &Block { strike: 2, ..block("two", 9) }), &["block.blocked_again"]),
    ("one begins whose owner could not be asked", |store| open(store, &awaiting()), &["block.blocked"]),
    ("he is found", |store| store.update_block(&found()).unwrap(), &["block.owner_found", "ticket.opened"]),
    ("failed logins lock", |store| store.begin_lockout(&lock(10)).unwrap(), &["lockout.began"]),
    ("that ends", |store| store.end_lockouts(Timestamp(20)).unwrap(), &["lockout.ended"]),
    ("again", |store| store.begin_lockout(&lock(21)).unwrap(), &["lockout.began"]),
    ("with its end unwritten", |store| store.begin_lockout(&lock(40)).unwrap(), &["lockout.ended", "lockout.began"]),
    ("that is lifted", |store| lift(store, 41), &["lockout.lifted"]),
    ("once more", |store| store.begin_lockout(&lock(60)).unwrap(), &["lockout.began"]),
    ("lifted too late", |store| lift(store, 99), &["lockout.ended"]),
];

#[test]
fn every_transition_happens_once_and_every_kind_has_one() {
    each(|store| {
        let mut told = BTreeSet::new();
        for (transition, make, kinds) in TRANSITIONS {
            let before = store.latest_happening().unwrap();
            make(store);
            let happened = store.happenings_after(before, 99).unwrap();
            let names: Vec<_> = happened.iter().map(|happening| happening.kind.as_str()).collect();
            assert_eq!(names, *kinds, "{transition}");
            told.extend(names);
        }
        let all = HappeningKind::ALL.iter().map(|kind| kind.as_str()).collect();
        assert_eq!(told, all, "left: what the table above leads to");
    });
}

#[test]
fn what_is_written_again_happens_no_second_time() {
    each(|store| {
        for _ in 0..2 {
            store.begin_lockout(&lock(10)).unwrap();
        }
        assert_eq!((store.latest_happening().unwrap(), store.lockouts().unwrap()), (1, vec![lock(10)]));
        store.end_lockouts(Timestamp(19)).unwrap();
        assert_eq!(store.latest_happening().unwrap(), 1, "it is not over");
        for _ in 0..2 {
            store.end_lockouts(Timestamp(20)).unwrap();
        }
        lift(store, 21);
        assert_eq!((store.latest_happening().unwrap(), store.lockouts().unwrap().len()), (2, 0));
        open(store, &ticketed());
        for _ in 0..2 {
            bounce(store);
        }
        assert_eq!(store.latest_happening().unwrap(), 5);
    });
}

#[test]
fn a_lockout_is_forgotten_with_what_is_as_old() {
    each(|store| {
        store.begin_lockout(&lock(10)).unwrap();
        store.prune(Timestamp(10), Timestamp(0), 1000).unwrap();
        assert_eq!(store.happenings_after(0, 9).unwrap().len(), 1);
        store.prune(Timestamp(11), Timestamp(0), 1000).unwrap();
        assert_eq!((store.happenings_after(0, 9).unwrap(), store.lockouts().unwrap().len()), (vec![], 1));
    });
}

fn awaiting() -> Block {
    Block { adoption: Some(Adoption::Awaited), automatic_release: false, ..block("three", 9) }
}

fn found() -> Block {
    Block { adoption: Some(Adoption::Settled(Timestamp(10))), way_out: WayOut::Ticket, ..awaiting() }
}

fn ticketed() -> Block {
    Block { way_out: WayOut::Ticket, automatic_release: false, ..block("one", 1) }
}

fn granted() -> Block {
    let mut granted = over();
    granted.state = BlockState::Unblocking;
    granted
}

fn over() -> Block {
    let mut over = released(ticketed(), 8);
    over.released = Some((Timestamp(8), "ticket".into()));
    over
}

fn open(store: &dyn All, block: &Block) {
    store.open_block(block, &[evidence(1)], Some(&alert(block.reference.as_str()))).unwrap();
}

fn step(store: &dyn All, step: customers::ticket::Step<'_>) {
    store.step(1, step).unwrap().unwrap().unwrap();
}

fn bounce(store: &dyn All) {
    let (recipient, status, said) = ("owner@owner.example".into(), "5.1.1".into(), String::new());
    let bounce =
        Bounce { about: limits::Matter::Block(reference("one")), letter: 0, recipient, at: Timestamp(5), status, said };
    assert!(store.note_bounce(&bounce).unwrap());
}

fn file(store: &dyn All, number: i64) {
    let report = Report {
        id: 0,
        block: reference("one"),
        subject: account("bob@shop.example"),
        message_id: MessageId::new(&format!("<{number}@shop.example>")).unwrap(),
        from: "bob@shop.example".into(),
        flagged: Timestamp(1),
        reported: Timestamp(7),
        by: "customer".into(),
        then: Score::default(),
        now: Score::default(),
        spam: 100,
        findings: Vec::new(),
        remarks: Vec::new(),
        state: ReportState::Open,
        due: Vec::new(),
        exemptions: Vec::new(),
    };
    store.file_report(&report, b"message", 9, Timestamp(7)).unwrap();
}

fn decide(store: &dyn All, id: u64, state: fn(Word) -> ReportState) {
    let word = Word { at: Timestamp(8), by: "operator".into(), reason: "because".into() };
    let exempt = Vec::from_iter((id == 1).then(exemption));
    let step = |report: &mut Report| {
        report.state = state(word.clone());
        Ok(Taken { letter: None, exempt: exempt.clone() })
    };
    store.report_step(id, Timestamp(8), &step).unwrap().unwrap().unwrap();
    // Striking out an errand is no transition.
    store.report_step(id, Timestamp(9), &|_| Ok(Taken::default())).unwrap().unwrap().unwrap();
}

fn exemption() -> Exemption {
    let (subject, what) = (account("bob@shop.example"), Exempt::Signal("text_prize".into()));
    let (since, until, by, reason) = (Timestamp(8), Timestamp(50), "operator".into(), String::new());
    Exemption { id: 0, subject, what, since, until, by, reason, report: None }
}

fn lock(since: i64) -> Lockout {
    let until = Timestamp(since + 10);
    Lockout { subject: account("bob@shop.example"), since: Timestamp(since), until, failures: 3, network: None }
}

fn lift(store: &dyn All, at: i64) {
    store.lift_lockout(&account("bob@shop.example"), "anna", Timestamp(at)).unwrap();
}
