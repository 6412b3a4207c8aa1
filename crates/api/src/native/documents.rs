//! The answers of this API for who asks at the command line: what `--json` prints are these documents, of the same types, so that a
//! program reads both alike.
//!
//! Where the command line tells more at once than a call does, the documents of several calls stand in one.

use ::customers::exemption::Exemption;
use ::customers::registry::{CustomerPage as Customers, CustomerView as Customer, Imported};
use ::customers::report::Report;
use ::customers::ticket::About;
use access::{ApiKey, Application, AuditEntry, ConsumerKey, User};
use diagnostics::Task;
use limits::{Bounce, Delivery, FoundEvidence, Lockout, Posted};
use model::circumstances::Confirmation;
use model::{Block, Evidence, Score, SubjectKey, Timestamp};
use pipeline::{SubjectStanding, TicketFile};
use serde::Serialize;

use super::audit::{self, AuditPage};
use super::blocks::{BlockPage, BlockView};
use super::credentials::{ApplicationMade, ApplicationView, CredentialView, application_view, credential_view};
use super::customer_changes::CustomerRemoved;
use super::customer_imports::ImportView;
use super::customers::{CustomerPage, CustomerView};
use super::diagnoses::{self, DiagnosisView};
use super::evidence::{self, EvidencePage, EvidenceView};
use super::exemptions::{self, ExemptionList};
use super::fingerprints::{PrintList, PrintView};
use super::keys::{self, KeyMade, KeyView};
use super::letters::{BounceView, LetterPage, bounce_view, letter_view};
use super::lockouts::{self, LockoutList};
use super::problem::FieldError;
use super::replays::ReplayView;
use super::reports::{ReportPage, ReportView};
use super::scans::ScanView;
use super::subjects::{self, HistoryPage, HistoryView, SubjectView};
use super::ticket_views::{TicketPage, TicketView};
use super::types::Word;
use super::users::{self, UserList};
use super::webhooks::{self, DeliveryDetail, DeliveryPage};

/// Knows the service that owns something, when one is known to.
pub type Owners<'o> = &'o dyn Fn(&SubjectKey) -> Option<String>;

/// A page of a list: its rows, and what to give for the next one.
pub struct Page<R> {
    /// The rows, in the order of the list.
    pub rows: Vec<R>,
    /// What to give as `--after` for the next page; `None`: this is the last.
    pub next: Option<String>,
}

/// `GET /api/blocks/{reference}`
pub fn block(block: Block, owner: Owners<'_>) -> impl Serialize + use<> {
    block_view(block, owner)
}

/// `GET /api/blocks`
pub fn blocks(page: Page<Block>, owner: Owners<'_>) -> impl Serialize + use<> {
    BlockPage { items: page.rows.into_iter().map(|block| block_view(block, owner)).collect(), next: page.next }
}

/// `GET /api/evidence`
pub fn evidence(page: Page<FoundEvidence>) -> impl Serialize {
    EvidencePage { items: page.rows.into_iter().map(evidence::view).collect(), next: page.next }
}

/// `GET /api/blocks/{reference}` with `GET /api/blocks/{reference}/evidence`.
pub fn case_file(block: Block, found: Vec<FoundEvidence>, owner: Owners<'_>) -> impl Serialize + use<> {
    #[derive(Serialize)]
    struct Case {
        block: BlockView,
        evidence: Vec<EvidenceView>,
    }
    Case { block: block_view(block, owner), evidence: found.into_iter().map(evidence::view).collect() }
}

/// `GET /api/subjects/{kind}/{name}/history`
pub fn history(page: Page<(Block, Vec<Evidence>)>, owner: Owners<'_>) -> impl Serialize + use<> {
    let chapter = |(block, kept)| HistoryView::of(block_view(block, owner), kept);
    HistoryPage { items: page.rows.into_iter().map(chapter).collect(), next: page.next }
}

/// The `average_spam_score` of [`history`].
pub fn mean_score(kept: &[Evidence]) -> Option<i32> {
    subjects::mean_score(kept.iter().map(|mail| mail.score))
}

/// `GET /api/subjects/{kind}/{name}`
pub fn standing(standing: SubjectStanding, owner: Owners<'_>) -> impl Serialize + use<> {
    SubjectView::of(standing, owner)
}

/// `GET /api/tickets`
pub fn tickets(page: Page<TicketFile>, owner: Owners<'_>) -> impl Serialize + use<> {
    TicketPage { items: page.rows.into_iter().map(|file| ticket_view(file, owner)).collect(), next: page.next }
}

/// `GET /api/tickets/{ticket}` with the flagged messages, the diagnosis that it carries, and the letters that did not arrive.
pub fn ticket(file: TicketFile, found: Vec<FoundEvidence>, owner: Owners<'_>) -> impl Serialize + use<> {
    #[derive(Serialize)]
    struct Whole {
        #[serde(flatten)]
        ticket: TicketView,
        evidence: Vec<EvidenceView>,
        result: Option<DiagnosisView>,
        bounces: Vec<BounceView>,
    }
    let evidence = found.into_iter().map(evidence::view).collect();
    let bounces = file.bounces.iter().cloned().map(bounce_view).collect();
    let result = carried(&file.ticket.about).map(diagnoses::view);
    Whole { ticket: ticket_view(file, owner), evidence, result, bounces }
}

/// The diagnosis that a ticket carries; one that was too long for it is not there.
fn carried(about: &About) -> Option<Task> {
    let About::Diagnosis { result, .. } = about else { return None };
    serde_json::from_value(result.get("task")?.clone()).ok()
}

/// `GET /api/reports`
pub fn reports(page: Page<Report>, owner: Owners<'_>) -> impl Serialize + use<> {
    ReportPage { items: page.rows.into_iter().map(|report| report_view(report, owner)).collect(), next: page.next }
}

/// `GET /api/reports/{report}`
pub fn report(report: Report, owner: Owners<'_>) -> impl Serialize + use<> {
    report_view(report, owner)
}

/// `GET /api/exemptions`
pub fn exemptions(exemptions: Vec<Exemption>) -> impl Serialize {
    ExemptionList { items: exemptions.into_iter().rev().map(exemptions::view).collect(), next: None }
}

/// An exemption.
pub fn exemption(exemption: Exemption) -> impl Serialize {
    exemptions::view(exemption)
}

/// `GET /api/lockouts`
pub fn lockouts(lockouts: &[Lockout]) -> impl Serialize + use<> {
    LockoutList { items: lockouts.iter().map(lockouts::view).collect(), next: None }
}

/// `GET /api/customers`
pub fn customers(page: Customers) -> impl Serialize {
    CustomerPage { items: page.customers.into_iter().map(customer_view).collect(), next: page.next }
}

/// `GET /api/customers/{service}`
pub fn customer(customer: Customer) -> impl Serialize {
    customer_view(customer)
}

/// The answer to `DELETE /api/customers/{service}`.
pub fn customer_removed(service: String) -> impl Serialize {
    CustomerRemoved { service }
}

/// The answer to `POST /api/customer-imports`, with the mistakes that a refusal has.
pub fn import(imported: Imported, dry_run: bool) -> impl Serialize {
    #[derive(Serialize)]
    struct Import {
        #[serde(flatten)]
        counts: ImportView,
        errors: Vec<FieldError>,
    }
    let counts = ImportView::of(&imported, dry_run);
    Import { counts, errors: imported.mistakes.into_iter().map(FieldError::from).collect() }
}

/// `GET /api/owners/{kind}/{name}`, with where his letters go and which of them did not arrive; nobody is null.
pub fn owner(
    subject: &SubjectKey,
    owner: Option<Customer>,
    contact: Vec<String>,
    bounces: Vec<Bounce>,
) -> impl Serialize + use<> {
    #[derive(Serialize)]
    struct Owned {
        kind: &'static str,
        name: String,
        customer: Option<CustomerView>,
        contact: Vec<String>,
        bounces: Vec<BounceView>,
    }
    Owned {
        kind: subject.kind().as_str(),
        name: subject.name(),
        customer: owner.map(customer_view),
        contact,
        bounces: bounces.into_iter().map(bounce_view).collect(),
    }
}

/// `GET /api/letters`
pub fn letters(page: Page<Posted>) -> impl Serialize {
    LetterPage { items: page.rows.into_iter().map(letter_view).collect(), next: page.next }
}

/// A message that a person has called spam or ham: its name, the word, when, and who.
pub type Confirmed = (String, Confirmation, Timestamp, String);

/// `GET /api/fingerprints`
pub fn fingerprints(confirmed: Vec<Confirmed>) -> impl Serialize {
    PrintList { items: confirmed.into_iter().map(PrintView::from).collect(), next: None }
}

/// `GET /api/diagnoses/{diagnosis}`, with the number of the ticket that carries it.
pub fn diagnosis(task: Task, ticket: Option<u64>) -> impl Serialize {
    #[derive(Serialize)]
    struct Diagnosed {
        #[serde(flatten)]
        diagnosis: DiagnosisView,
        #[serde(skip_serializing_if = "Option::is_none")]
        ticket: Option<u64>,
    }
    Diagnosed { diagnosis: diagnoses::view(task), ticket }
}

/// `GET /api/webhook-events`
pub fn deliveries(page: Page<Delivery>) -> impl Serialize {
    DeliveryPage { items: page.rows.into_iter().map(webhooks::view).collect(), next: page.next }
}

/// `GET /api/webhooks/{hook}/events/{event}`
pub fn delivery(delivery: Delivery, body: String) -> impl Serialize {
    DeliveryDetail { event: webhooks::view(delivery), body }
}

/// `GET /api/audit`
pub fn audit(page: Page<AuditEntry>) -> impl Serialize {
    AuditPage { items: page.rows.into_iter().map(audit::view).collect(), next: page.next }
}

/// `GET /api/keys`, `/api/applications` and `/api/credentials`, each whole.
pub fn keys(
    keys: Vec<ApiKey>,
    applications: Vec<Application>,
    credentials: Vec<ConsumerKey>,
    now: Timestamp,
) -> impl Serialize {
    #[derive(Serialize)]
    struct Keys {
        keys: Vec<KeyView>,
        applications: Vec<ApplicationView>,
        credentials: Vec<CredentialView>,
    }
    Keys {
        keys: keys.into_iter().map(keys::view).collect(),
        applications: applications.into_iter().map(application_view).collect(),
        credentials: credentials.into_iter().map(|consumer| credential_view(consumer, now)).collect(),
    }
}

/// The answer to `POST /api/keys`.
pub fn key_made(key: ApiKey, token: String) -> impl Serialize {
    KeyMade { key: keys::view(key), token }
}

/// The answer to `POST /api/applications`.
pub fn application_made(application: Application, secret: String, consumer_key: Option<String>) -> impl Serialize {
    ApplicationMade { application: application_view(application), secret, consumer_key }
}

/// `GET /api/users`
pub fn users(mut users: Vec<User>) -> impl Serialize {
    users.sort_by_key(|user| std::cmp::Reverse(user.created));
    UserList { items: users.into_iter().map(users::view).collect(), next: None }
}

/// The answer to `POST /api/scans`, of a file.
pub fn scan(file: String, score: Score, spam_score: i32) -> impl Serialize {
    #[derive(Serialize)]
    struct Scanned {
        file: String,
        #[serde(flatten)]
        scan: ScanView,
    }
    Scanned { file, scan: ScanView::of(score, spam_score) }
}

/// The answer to `POST /api/replays`, whole, with what has to be said about given mail.
pub fn replay(report: replay::Report, then: Option<replay::Then>, remarks: Vec<String>) -> impl Serialize {
    #[derive(Serialize)]
    struct Replayed {
        #[serde(flatten)]
        replay: ReplayView,
        remarks: Vec<String>,
    }
    Replayed { replay: ReplayView::of(report, then, usize::MAX), remarks }
}

fn block_view(block: Block, owner: Owners<'_>) -> BlockView {
    let customer = owner(&block.subject);
    BlockView::of(block, customer)
}

fn report_view(report: Report, owner: Owners<'_>) -> ReportView {
    let customer = owner(&report.subject);
    ReportView::of(report, customer)
}

fn ticket_view(file: TicketFile, owner: Owners<'_>) -> TicketView {
    let whom = &file.ticket.subject;
    let customer = whom.subject().map_or_else(|| Some(whom.name()), owner);
    TicketView::of(file, customer)
}

/// Who reads the command line is an operator.
fn customer_view(customer: Customer) -> CustomerView {
    CustomerView::of(customer, true)
}

impl From<Confirmed> for PrintView {
    fn from((id, word, confirmed_at, confirmed_by): Confirmed) -> Self {
        Self { id, word: Word(word), confirmed_at: super::types::When(confirmed_at), confirmed_by }
    }
}
