//! One customer's day, in which everything happens that a webhook tells of.

use std::time::Duration;

use customers::exemption::{Exempt, Exemption};
use customers::report::{Report, ReportState, ReportStore, Taken, Word};
use customers::ticket::{Author, Step, TicketStore};
use limits::{AlertJob, Bounce, LetterStore, Lockout, LockoutStore, Matter, Store};
use model::{Adoption, Block, BlockState, MessageId, Network, Reason, Score, Timestamp, WayOut};
use store::MemoryStore;
use testkit::samples::{account, block, evidence, reference};

/// 2026-11-21 10:15:00 UTC
pub(crate) const BEGIN: Timestamp = Timestamp(1_795_256_100_000);
/// All has happened by then.
pub(crate) const LENGTH: Duration = Duration::from_secs(60 * 430);
const BLOCK: &str = "k3x9qm2f7cabcdef";
const LATER: &str = "q8w2rt6y4nghijkm";

fn minutes(minutes: u64) -> Timestamp {
    BEGIN.after(Duration::from_secs(60 * minutes))
}

pub(crate) fn happens(store: &MemoryStore) {
    store.open_block(&blocked(), &[evidence(BEGIN.0 - 1)], Some(&letter())).unwrap();
    step(store, &|ticket| ticket.replied("1. no\n2. no\n3. yes, this morning", minutes(10)));
    step(store, &|ticket| ticket.support_wrote("Which program did you send it with?", minutes(20)).map(Some));
    step(store, &|ticket| ticket.refuse("The password is the old one.", minutes(30)).map(Some));
    step(store, &|ticket| ticket.close(minutes(40)).map(|()| None));
    step(store, &|ticket| ticket.reopened(Author::Customer, "It is changed now.", minutes(50)));
    assert!(store.note_bounce(&bounce()).unwrap());
    reports(store);
    release(store);
    let again = Block { reference: reference(LATER), since: minutes(300), strike: 2, ..blocked() };
    let awaiting = Block { way_out: WayOut::Time, adoption: Some(Adoption::Awaited), ..again };
    store.open_block(&awaiting, &[], None).unwrap();
    store.update_block(&Block { adoption: Some(Adoption::Settled(minutes(310))), ..awaiting }).unwrap();
    locks(store);
}

/// As the rule "account-spam-burst" blocks.
fn blocked() -> Block {
    let reason = Reason {
        rule: "account-spam-burst".into(),
        counter: "spam".into(),
        count: 5,
        window: Duration::from_secs(600),
        sentence: "5 messages that look like spam within 10 minutes".into(),
        monitored: false,
    };
    Block { way_out: WayOut::Ticket, automatic_release: false, reason, ..block(BLOCK, BEGIN.0) }
}

fn letter() -> AlertJob {
    AlertJob {
        about: Matter::Block(reference(BLOCK)),
        number: 0,
        kind: limits::LetterKind::Blocked,
        created: BEGIN,
        due: BEGIN,
        tries: 0,
        last_error: None,
        sent: None,
        given_up: None,
        message_id: format!("<block-{BLOCK}@mx1.provider.example>"),
        instead: None,
        owed: limits::Owed::default(),
        told: Vec::new(),
    }
}

fn step(store: &MemoryStore, step: Step<'_>) {
    store.step(1, step).unwrap().unwrap().unwrap();
}

fn bounce() -> Bounce {
    let said = "550 5.1.1 no such user".into();
    let (about, recipient) = (Matter::Block(reference(BLOCK)), "owner@owner.example".into());
    Bounce { about, letter: 0, recipient, at: minutes(1), status: "5.1.1".into(), said }
}

fn reports(store: &MemoryStore) {
    for number in 1..=3 {
        store.file_report(&report(number), b"message", 9, minutes(60)).unwrap();
    }
    decide(store, 1, ReportState::Confirmed, "A newsletter that was ordered.");
    decide(store, 2, ReportState::Declined, "Nobody has ordered it.");
    decide(store, 3, ReportState::Dropped, "");
    store.remove_exemption(1, minutes(100)).unwrap();
    store.add_exemption(&exemption(minutes(120))).unwrap();
    store.prune_reports(Timestamp(0), minutes(120)).unwrap();
}

fn report(number: u32) -> Report {
    Report {
        id: 0,
        block: reference(BLOCK),
        subject: account("bob@shop.example"),
        message_id: MessageId::new(&format!("<newsletter-{number}@shop.example>")).unwrap(),
        from: "bob@shop.example".into(),
        flagged: BEGIN,
        reported: minutes(60),
        by: "customer".into(),
        then: Score::default(),
        now: Score::default(),
        spam: 100,
        findings: Vec::new(),
        remarks: Vec::new(),
        state: ReportState::Open,
        due: Vec::new(),
        exemptions: Vec::new(),
    }
}

fn decide(store: &MemoryStore, id: u64, state: fn(Word) -> ReportState, reason: &str) {
    let word = Word { at: minutes(90), by: "anna".into(), reason: reason.into() };
    let exempt = Vec::from_iter((id == 1).then(|| exemption(minutes(90 + 30 * 24 * 60))));
    let step = |report: &mut Report| {
        report.state = state(word.clone());
        Ok(Taken { letter: None, exempt: exempt.clone() })
    };
    store.report_step(id, minutes(90), &step).unwrap().unwrap().unwrap();
}

fn exemption(until: Timestamp) -> Exemption {
    let (subject, what) = (account("bob@shop.example"), Exempt::Signal("subject_shouting".into()));
    let (since, by, reason) = (minutes(90), "anna".into(), "A newsletter that was ordered.".into());
    Exemption { id: 0, subject, what, since, until, by, reason, report: None }
}

fn release(store: &MemoryStore) {
    let released = Some((minutes(150), "ticket".into()));
    let granted = Block { state: BlockState::Unblocking, attempts: 12, released, ..blocked() };
    store.update_block(&granted).unwrap();
    store.update_block(&Block { state: BlockState::Unblocked, ..granted }).unwrap();
}

fn locks(store: &MemoryStore) {
    let lock = |since: Timestamp| Lockout {
        subject: account("bob@shop.example"),
        since,
        until: since.after(Duration::from_secs(15 * 60)),
        failures: 20,
        network: Network::parse("203.0.113.7"),
    };
    store.begin_lockout(&lock(minutes(400))).unwrap();
    store.end_lockouts(minutes(415)).unwrap();
    store.begin_lockout(&lock(minutes(420))).unwrap();
    store.lift_lockout(&account("bob@shop.example"), "anna", minutes(425)).unwrap();
}
