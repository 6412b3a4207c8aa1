//! What lists and what forgets finds its rows by an index: every statement is watched, explained, and its work counted over tables
//! that hold far more than a page.

use std::cell::RefCell;
use std::collections::BTreeMap;

use access::{AccessStore, AnswerStore, AuditQuery, Drawer};
use customers::report::{Report, ReportState, ReportStore};
use customers::ticket::TicketStore;
use diagnostics::{DiagnosisStore, Patient, State, Task};
use limits::{
    AlertJob, Archive, BlockFilter, DeliveryPlace, DeliveryState, EvidenceFilter, FollowUpStore, HappeningKind,
    HappeningLog, Holdings, LetterPlace, LetterState, LetterStore, LockoutStore, Matter, PageAsk, Store, Wanted,
    WebhookStore,
};
use model::{Block, BlockState, Score, SubjectKind, Timestamp, WayOut};
use rusqlite::trace::{TraceEvent, TraceEventCodes};
use rusqlite::{Connection, StatementStatus};
use testkit::samples::{account, block, evidence, reference};

use super::SqliteStore;

/// Copies of each row.
const MANY: i64 = 3000;
/// Rows of a page.
const PAGE: usize = 20;
/// Steps of SQLite's machine for a page, or for a step of forgetting as large. Reading such a table through takes at least ten thousand.
const WORK: i32 = 6000;

/// Statement, steps of the machine.
type Said = Vec<(String, i32)>;

thread_local! {
    static SAID: RefCell<Said> = const { RefCell::new(Vec::new()) };
}

/// A connection whose statements are noted, with the work they were.
pub(super) fn watched(mut connection: Connection) -> Connection {
    let note = |event: TraceEvent<'_>| {
        if let TraceEvent::Profile(statement, _) = event {
            let noted = (statement.sql().into_owned(), statement.get_status(StatementStatus::VmStep));
            SAID.with_borrow_mut(|said| said.push(noted));
        }
    };
    connection.trace_v2(TraceEventCodes::SQLITE_TRACE_PROFILE, Some(note)).unwrap();
    connection
}

/// What is said while the work is done. A statement that is carried out again counts on: that is taken off.
fn said(work: impl FnOnce()) -> Said {
    SAID.take();
    work();
    let mut before = BTreeMap::new();
    let since = |(sql, total): (String, i32)| {
        let earlier = before.insert(sql.clone(), total).filter(|earlier| *earlier < total);
        (sql, total - earlier.unwrap_or(0))
    };
    SAID.take().into_iter().map(since).collect()
}

/// The steps of a statement's plan that read a table or an index from end to end.
fn scans(connection: &Connection, sql: &str) -> Vec<String> {
    let mut explained = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    // Nothing is bound: what is compared with is unknown to the planner anyway.
    let steps = explained.raw_query().mapped(|row| row.get::<_, String>(3));
    // What json_each gives has no index, and needs none; a subquery's rows are few.
    let harmless =
        |step: &String| step.contains("VIRTUAL TABLE") || step.contains("SCAN (") || step.contains("CONSTANT ROW");
    steps.map(Result::unwrap).filter(|step| step.contains("SCAN ") && !harmless(step)).collect()
}

/// One row of each kind, and many copies.
fn filled(directory: &std::path::Path) -> SqliteStore {
    let store = SqliteStore::open(directory).unwrap();
    let ticketed = Block { way_out: WayOut::Ticket, automatic_release: false, ..block("one", 1) };
    store.open_block(&ticketed, &[evidence(1)], Some(&letter())).unwrap();
    store.queue_deliveries("panel", HappeningKind::ALL).unwrap();
    store.file_report(&report(), b"", 9, Timestamp(5)).unwrap();
    store.add_diagnosis(&diagnosis()).unwrap();
    store.write(|connection| connection.execute_batch(&COPIES.replace("MANY", &MANY.to_string()))).unwrap();
    store
}

/// Copies that are over, so that they may be forgotten: the first rows stay.
const COPIES: &str = "
    CREATE TEMP TABLE n AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < MANY) SELECT i FROM n;
    INSERT INTO blocks SELECT 'b' || i, kind, 'user' || i || '@shop.example', 'unblocked', since + i, length, strike, reason,
        automatic_release, messages, spam, attempts, since + i, 'operator', 'time', place || i, quota, adoption FROM blocks, n;
    INSERT INTO evidence (block, at, message_id, record) SELECT 'b' || i, i, '<' || i || '@a.example>', record FROM evidence, n;
    INSERT INTO letters (about, number, block, kind, created, due, tries, sent, message_id, owed_customer, owed_operators, told)
        SELECT 'b' || i, 0, 'b' || i, kind, i, i, 0, i, message_id || i, 0, 0, told FROM letters, n WHERE number = 0;
    INSERT INTO bounces SELECT 'b' || i, 0, 'owner@shop.example', i, '5.1.1', 'no such user' FROM n;
    INSERT INTO tickets (subject, open, updated, record, place) SELECT subject, 0, i, record, place || i FROM tickets, n;
    INSERT INTO happenings (kind, at, ticket, subject, record) SELECT kind, i, NULL, subject, record FROM happenings, n
        WHERE number = 1;
    INSERT INTO deliveries (hook, happening, subject, due, tries, delivered) SELECT 'panel', number, subject, 1, 1, 1
        FROM happenings WHERE number > 9;
    INSERT INTO reports (block, message_id, open, due, decided, record, message)
        SELECT 'b' || i, message_id, 0, 0, i, record, x'00' FROM reports, n;
    INSERT INTO diagnoses (kind, patient, over, created, record) SELECT kind, patient, 1, i, record FROM diagnoses, n;
    INSERT INTO audit (at, who, role, action, subject, detail)
        SELECT i, CASE i WHEN 5 THEN 'anna' ELSE 'berta' END, 'operator', CASE i WHEN 5 THEN 'rare' ELSE 'look' END, '', '' FROM n;
    INSERT INTO access SELECT 'sessions', 's' || i, i + 5000, '{}' FROM n;
    INSERT INTO answers SELECT 'caller', 'k' || i, '', i + 5000, NULL FROM n;
    INSERT INTO kept SELECT 'habits', 'h' || i, i + 5000, x'00' FROM n;
    INSERT INTO counters SELECT 'domain', 'd' || i || '.example', i + 5000, x'00' FROM n;
";

fn letter() -> AlertJob {
    let first = AlertJob::first(&block("one", 1), "node.example");
    AlertJob { created: Timestamp(1), due: Timestamp(1), ..first }
}

fn report() -> Report {
    Report {
        id: 0,
        block: reference("one"),
        subject: block("one", 1).subject,
        message_id: evidence(1).message_id.unwrap(),
        from: "bob@shop.example".into(),
        flagged: Timestamp(1),
        reported: Timestamp(2),
        by: "operator".into(),
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

fn diagnosis() -> Task {
    Task {
        id: 0,
        patient: patient(),
        state: State::Todo,
        by: "operator".into(),
        created: Timestamp(1),
        started: None,
        finished: None,
        checks: 3,
        findings: Vec::new(),
        error: None,
    }
}

fn patient() -> Patient {
    Patient::parse(SubjectKind::Account, "bob@shop.example").unwrap()
}

/// Each list, its first page and one far behind.
fn lists(store: &SqliteStore) {
    for open in [true, false] {
        store.blocks(open, PAGE).unwrap();
        for number in [u64::MAX, 1500] {
            store.tickets_before(number, open, PAGE).unwrap();
            store.reports_before(number, open, PAGE).unwrap();
        }
    }
    letters(store);
    for of in [None, Some(&patient())] {
        store.diagnoses_before(u64::MAX, of, PAGE).unwrap();
    }
    store.unfinished_diagnoses().unwrap();
    store.reports_due().unwrap();
    store.reports_about(&reference("b7"), PAGE).unwrap();
    store.reports_within(&Holdings::subject(&account("user7@shop.example")), PAGE).unwrap();
    store.open_tickets().unwrap();
    store.tickets_within("shop", &Holdings::subject(&account("user7@shop.example")), PAGE).unwrap();
    store.records(Drawer::Sessions, PAGE).unwrap();
    audit(store);
    deliveries(store);
    blocks_and_evidence(store);
}

fn about(block: &str) -> Matter {
    Matter::Block(reference(block))
}

fn letters(store: &SqliteStore) {
    let place = LetterPlace { created: Timestamp(1500), about: about("b1500"), number: 0 };
    for state in LetterState::ALL.iter().copied().map(Some).chain([None]) {
        store.letters(state, PAGE).unwrap();
        store.letters_after(&place, state, PAGE).unwrap();
    }
    store.bounces(None, PAGE).unwrap();
    store.bounces(Some(&about("b7")), PAGE).unwrap();
    store.letters_of(&about("b7")).unwrap();
    store.pending_alerts().unwrap();
    store.owed_letters().unwrap();
    store.given_up_letters(Timestamp(0), PAGE).unwrap();
}

fn audit(store: &SqliteStore) {
    let asked = AuditQuery { limit: PAGE, ..AuditQuery::default() };
    for before in [None, Some(1500)] {
        store.notes(&AuditQuery { before, ..asked.clone() }).unwrap();
        store.notes(&AuditQuery { before, who: Some("anna".into()), ..asked.clone() }).unwrap();
        store.notes(&AuditQuery { before, action: Some("rare".into()), ..asked.clone() }).unwrap();
        store.notes(&AuditQuery { before, on: Some("nobody".into()), ..asked.clone() }).unwrap();
    }
}

fn deliveries(store: &SqliteStore) {
    for number in [u64::MAX, 1500] {
        let place = DeliveryPlace { number, hook: String::new() };
        for state in [None, Some(DeliveryState::Waiting), Some(DeliveryState::Dead), Some(DeliveryState::Delivered)] {
            store.deliveries_after(&place, None, state, PAGE).unwrap();
            store.deliveries_after(&place, Some("panel"), state, PAGE).unwrap();
        }
    }
    store.due_deliveries("panel", Timestamp(MANY), PAGE).unwrap();
    store.backlog("panel").unwrap();
    store.happenings(&reference("b7"), PAGE).unwrap();
    store.happenings_after(1500, PAGE).unwrap();
}

fn blocks_and_evidence(store: &SqliteStore) {
    let ask = PageAsk::first(PAGE);
    let of = BlockFilter::default();
    let exactly = Some(Wanted::Exactly(account("user7@shop.example")));
    store.find_blocks(&of, &ask).unwrap();
    store.find_blocks(&BlockFilter { state: Some(BlockState::BlockedForSpam), ..of.clone() }, &ask).unwrap();
    store.find_blocks(&BlockFilter { subject: exactly, ..of.clone() }, &ask).unwrap();
    store.find_blocks(&BlockFilter { until: Some(Timestamp(1500)), ..of }, &ask).unwrap();
    let of = EvidenceFilter::default();
    let ask = PageAsk::first(PAGE);
    store.find_evidence(&of, &ask).unwrap();
    store.find_evidence(&EvidenceFilter { block: Some(reference("b7")), ..of.clone() }, &ask).unwrap();
    store.find_evidence(&EvidenceFilter { message_id: evidence(1).message_id, ..of }, &ask).unwrap();
    store.latest_block(&account("user7@shop.example")).unwrap();
}

/// Each way of forgetting, where little is old enough, and in small steps.
fn forgets(store: &SqliteStore) {
    store.prune(Timestamp(PAGE as i64), Timestamp(5000), 2 * PAGE).unwrap();
    store.prune_kept(Timestamp(5003), PAGE).unwrap();
    store.prune_diagnoses(Timestamp(9)).unwrap();
    store.prune_reports(Timestamp(9), Timestamp(9)).unwrap();
    store.prune_notes(Timestamp(4)).unwrap();
    store.prune_records(Drawer::Sessions, Timestamp(5003)).unwrap();
    store.prune_calls(Timestamp(5003)).unwrap();
    store.end_lockouts(Timestamp(9)).unwrap();
}

/// What reads an index in its order until a page is full, says so in its plan as if it read all of it: here the work is the proof.
const IN_ORDER: [&str; 3] = ["ORDER BY", "GROUP BY", "min("];

#[test]
fn what_lists_and_what_forgets_reads_no_table_from_end_to_end() {
    let directory = tempfile::tempdir().unwrap();
    let store = filled(directory.path());
    let mut said = said(|| lists(&store));
    said.extend(self::said(|| forgets(&store)));
    assert!(said.len() > 60, "{}", said.len());
    let mut plain = Connection::open_in_memory().unwrap();
    super::schema::migrate(&mut plain).unwrap();
    let mut wrong = Vec::new();
    for (sql, work) in
        said.iter().filter(|(sql, _)| !["BEGIN", "COMMIT", "PRAGMA"].iter().any(|word| sql.starts_with(word)))
    {
        let found = scans(&plain, sql);
        let in_order =
            found.iter().all(|scan| scan.contains("USING") && IN_ORDER.iter().any(|word| sql.contains(word)));
        if *work > WORK || !in_order {
            wrong.push(format!("{work} steps, {found:?}: {sql}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
