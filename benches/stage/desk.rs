//! What else has come together by then: customers, letters and their bounces, tickets with messages, reports, events for a receiver
//! of webhooks, diagnoses, and an audit log.

use access::{AccessStore, AuditEntry};
use customers::CustomerRecord;
use customers::registry::{CustomerStore, StoredCustomer};
use customers::report::{Report, ReportState, ReportStore, Taken, Word};
use customers::ticket::{About, Author, Opening, StepRefused, Ticket, TicketStore, Whom};
use diagnostics::{DiagnosisStore, Patient, State, Task};
use limits::{AlertJob, Bounce, DeliveryState, FollowUpStore, HappeningKind, LetterKind, LetterStore, WebhookStore};
use model::{Score, SubjectKind, Timestamp};
use store::SqliteStore;

use crate::archive::{MINUTE, letter, message, named, subject};

/// The receiver of webhooks.
pub(crate) const HOOK: &str = "panel";

/// Fills what stands beside the blocks that began from `base` on. The receiver has to be known before.
pub(crate) fn fill(store: &SqliteStore, base: i64, blocks: i64) {
    let customers: Vec<_> = (0..blocks / 2).map(|number| customer(base, number)).collect();
    store.change_customers(&customers, &[]).unwrap();
    (0..blocks).for_each(|number| letters(store, base, number));
    (0..blocks).for_each(|number| ticket(store, base, number));
    (0..blocks / 2).for_each(|number| report(store, base, number));
    (0..blocks / 5).for_each(|number| diagnosis(store, base, number));
    deliveries(store, base);
    (0..blocks * 20).for_each(|number| store.note(&line(base, number)).unwrap());
}

/// Makes the receiver known: from then on everything that happens is for him.
pub(crate) fn introduce(store: &SqliteStore) {
    store.queue_deliveries(HOOK, HappeningKind::ALL).unwrap();
}

fn at(base: i64, number: i64) -> Timestamp {
    Timestamp(base + number * MINUTE)
}

fn customer(base: i64, number: i64) -> StoredCustomer {
    let domain = format!("c{number}.example");
    let record = CustomerRecord {
        service: format!("service-{number:05}"),
        name: format!("Customer number {number}"),
        contact: vec![format!("owner@{domain}")],
        accounts: vec![format!("*@{domain}")],
        domains: vec![domain],
        networks: vec![format!("10.{}.{}.0/28", number / 250 % 250, number % 250)],
        ..CustomerRecord::default()
    };
    StoredCustomer { record, changed: at(base, number) }
}

/// The letter that tells of the block's end, and what came back of every tenth.
fn letters(store: &SqliteStore, base: i64, number: i64) {
    let first = letter(base, number);
    let farewell = AlertJob { sent: first.sent, ..first.follow_up(1, LetterKind::Released, first.created) };
    store.update_letters(&[farewell]).unwrap();
    if number % 10 == 3 {
        let (about, recipient) = (first.about, format!("owner{number}@gone.example"));
        let bounce = Bounce {
            about,
            letter: 0,
            recipient,
            at: first.created,
            status: "5.1.1".into(),
            said: "no such user".into(),
        };
        store.note_bounce(&bounce).unwrap();
    }
}

/// One in ten is open.
fn ticket(store: &SqliteStore, base: i64, number: i64) {
    let whom = Whom::Subject(subject(number));
    let text = "Our newsletter didn't leave since this morning. What have we done?\n".repeat(4);
    let about = About::Question { title: format!("Question number {number}") };
    let opened =
        store.open_ticket(&Opening { whom, about, author: Author::Customer, text }, "bench.example", at(base, number));
    let id = opened.unwrap().unwrap().id;
    let step = |step: &dyn Fn(&mut Ticket) -> Result<Option<LetterKind>, StepRefused>| {
        store.step(id, step).unwrap().unwrap().unwrap();
    };
    let later = |minutes: i64| at(base, number + minutes);
    step(&|ticket| ticket.support_wrote("You sent to people who had not asked for it.", later(1)).map(Some));
    step(&|ticket| ticket.replied("We have taken them out.", later(2)));
    if number % 10 > 0 {
        step(&|ticket| ticket.close(later(3)).map(|()| None));
    }
}

/// One in ten is open.
fn report(store: &SqliteStore, base: i64, number: i64) {
    let flagged = message(base, number, 50);
    let report = Report {
        id: 0,
        block: named(number),
        subject: subject(number),
        message_id: flagged.message_id.clone().unwrap(),
        from: "bob@shop.example".into(),
        flagged: flagged.at,
        reported: at(base, number + 1),
        by: "customer".into(),
        then: Score::of(flagged.hits),
        now: Score::default(),
        spam: 100,
        findings: Vec::new(),
        remarks: vec!["The message is older than a day.".into()],
        state: ReportState::Open,
        due: Vec::new(),
        exemptions: Vec::new(),
    };
    let raw = "Subject: offer\r\n\r\nOne line of many.\r\n".repeat(50);
    store.file_report(&report, raw.as_bytes(), u32::MAX, report.reported).unwrap();
    if number % 10 > 0 {
        let word = Word { at: at(base, number + 2), by: "anna".into(), reason: "It was spam.".into() };
        let step = |report: &mut Report| Ok(Taken { letter: Some(report.decline(word.clone())?), exempt: Vec::new() });
        let id = u64::try_from(number + 1).unwrap();
        store.report_step(id, word.at, &step).unwrap().unwrap().unwrap();
    }
}

fn diagnosis(store: &SqliteStore, base: i64, number: i64) {
    let patient = Patient::parse(SubjectKind::Domain, &format!("d{}.example", number % 500)).unwrap();
    let task = Task {
        id: 0,
        patient,
        state: State::Done,
        by: "anna".into(),
        created: at(base, number),
        started: Some(at(base, number)),
        finished: Some(at(base, number)),
        checks: 9,
        findings: Vec::new(),
        error: None,
    };
    store.add_diagnosis(&task).unwrap();
}

/// All but the latest were delivered or are dead letters; these are due in a month, so that nobody is called.
fn deliveries(store: &SqliteStore, base: i64) {
    store.queue_deliveries(HOOK, HappeningKind::ALL).unwrap();
    let waiting = store.deliveries(Some(HOOK), Some(DeliveryState::Waiting), usize::MAX).unwrap();
    for (number, mut delivery) in waiting.into_iter().enumerate() {
        match number {
            0..500 => delivery.due = Timestamp(delivery.due.0 + 30 * 1440 * MINUTE),
            _ if number % 100 == 0 => delivery.dead = Some(at(base, 0)),
            _ => delivery.delivered = Some(at(base, 0)),
        }
        store.update_delivery(&delivery).unwrap();
    }
}

/// What three people and a program look at; one of them seldom.
fn line(base: i64, number: i64) -> AuditEntry {
    let who = ["user berta", "key panel", "user carla"][usize::try_from(number % 3).unwrap()];
    let who = if number % 20_000 == 77 { "user otto" } else { who };
    let action = if number % 10_000 == 55 { "access.manage" } else { "evidence.see" };
    AuditEntry {
        id: 0,
        at: Timestamp(base + number),
        who: who.into(),
        role: "operator".into(),
        client: "192.0.2.7".parse().ok(),
        action: action.into(),
        on: format!("block {}", named(number % 10_000)),
        detail: String::new(),
    }
}
