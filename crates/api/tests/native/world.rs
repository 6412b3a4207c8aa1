//! The API over a ledger, a store in memory and a clock that is driven; requests go through the router, without sockets.
//!
//! Bob of the shop and Ann of the bank are blocked, with a ticket and flagged messages each. Bob has reported one as no spam,
//! was diagnosed, is exempted of something, is locked out after failed logins, and his letter waits. Shop and bank are in the file of customers, the
//! rack is in the store.

use ground::Ground;
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use access::{Answers, Gate, Grant, Role, WebSettings};
use api::native::{Files, Health, Letter, Mistake, Native, NoReplay, SettingsTable, Workshop, router};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use axum::response::Response;
use customers::exemption::{Exempt, Exemption};
use customers::registry::Registry;
use customers::report::{ReportSettings, ReportStore};
use customers::{CustomerRecord, CustomerSettings, Directory, Language};
use diagnostics::{DiagnosisSettings, DiagnosisStore, Patient, State, Task};
use http_body_util::BodyExt;
use limits::{AlertJob, HappeningKind, Ledger, Lockout, Rules, Store};
use model::event::NoEvents;
use model::time::ManualClock;
use model::{Block, Clock, Evidence, MessageId, Timestamp, WayOut};
use pipeline::{
    Blocking, Exemptions, Fingerprints, Journal, Judges, Lessons, Live, Logins, Pardons, Policy, Reached, Reeve,
    ReportRules, Reports, School, Search,
};
use recall::{Recall, RecallSettings};
use scoring::{Engine, ScoreSettings};
use serde_json::Value;
use store::{MemoryAccess, MemoryStore};
use testkit::samples::{account, block, evidence};
use tower::ServiceExt;
use webhooks::{Teller, WebhookRule, Webhooks, hooks};

pub(crate) const NOW: Timestamp = Timestamp::from_secs(1_790_000_000);
pub(crate) const BOB: &str = "bob@shop.example";
/// A customer of the store, and an account of his.
pub(crate) const RACK: &str = "rack";
pub(crate) const CAROL: &str = "carol@rack.example";
const DAY: Duration = Duration::from_secs(86_400);

const CUSTOMERS: &str = "
[[customer]]
service = 'shop'
contact = ['owner@shop.example']
kind = 'pro'
accounts = ['*@shop.example']
[[customer]]
service = 'bank'
contact = ['owner@bank.example']
accounts = ['*@bank.example']
";

/// Somebody who calls.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Who {
    Nobody,
    Operator,
    Auditor,
    Shop,
    Bank,
}

impl Who {
    pub(crate) const ALL: [Self; 5] = [Self::Nobody, Self::Operator, Self::Auditor, Self::Shop, Self::Bank];

    fn grant(self) -> Option<Grant> {
        match self {
            Self::Nobody => None,
            Self::Operator => Some(Grant::operator()),
            Self::Auditor => Some(Grant { role: Role::Auditor, ..Grant::operator() }),
            Self::Shop => Some(Grant::customer(["shop"])),
            Self::Bank => Some(Grant::customer(["bank"])),
        }
    }
}

pub(crate) struct World {
    pub(crate) gate: Arc<Gate>,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) live: Arc<Live>,
    pub(crate) fingerprints: Arc<Fingerprints>,
    pub(crate) school: Arc<School>,
    pub(crate) webhooks: Webhooks,
    pub(crate) customers: Arc<Registry>,
    pub(crate) router: Router,
    _folder: tempfile::TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(MemoryStore::default());
        let clock = Arc::new(ManualClock::at(NOW)) as _;
        let directory = Arc::new(directory());
        let customers = Arc::new(customers(&store, &directory, &clock));
        let webhooks = webhooks(&store, &clock, &directory, folder.path());
        let ledger = Arc::new(blocked(&store));
        webhooks.configure(vec![], teller(&directory)).unwrap();
        webhooks.configure(receivers(folder.path()), teller(&directory)).unwrap();
        let ground = Ground::over(NOW, store, ledger);
        let taught = Taught::new(&ground, folder.path());
        let reports = Arc::new(taught.reports(&ground));
        reports.add(&account(BOB), &mail(1), "customer").unwrap();
        let diagnoses = ground::diagnoses(&ground, self::directory(), DiagnosisSettings::default());
        let search = Search::new(Arc::clone(&ground.ledger), Arc::clone(&ground.store) as _, customers.live());
        let access = Arc::new(MemoryAccess::default());
        let answers = Arc::new(Answers::new(Arc::clone(&access) as _, Arc::clone(&ground.clock)));
        let (kept, clock) = (Arc::clone(&access) as _, Arc::clone(&ground.clock));
        let gate = Gate::open(&WebSettings::default(), kept, access, clock, Arc::new(NoEvents));
        let gate = Arc::new(gate.unwrap());
        let live = Arc::new(Live::new(7));
        let logins = Arc::new(locked_out(&ground));
        let (by_hand, standings) = (Arc::new(ground.by_hand()), Arc::new(ground.standings(&logins)));
        let fingerprints = Arc::clone(&taught.fingerprints);
        let school = Arc::new(School::new(taught.judges, taught.lessons, Arc::clone(&ground.clock)));
        let outbox = ground::outbox(&ground);
        let Ground { store, ledger, desk, tickets, .. } = ground;
        let native = Native {
            gate: Arc::clone(&gate),
            desk,
            tickets,
            by_hand,
            standings,
            search: Arc::new(search),
            ledger,
            live: Arc::clone(&live),
            answers,
            reports,
            diagnoses: Arc::new(diagnoses),
            logins,
            fingerprints: Arc::clone(&fingerprints),
            school: Arc::clone(&school),
            customers: Arc::clone(&customers),
            letters: Arc::clone(&store) as _,
            outbox,
            webhooks: webhooks.clone(),
            workshop: Arc::new(Bench),
            base: "https://console.example".into(),
        };
        let router = router(Arc::new(native));
        Self { gate, store, live, fingerprints, school, webhooks, customers, router, _folder: folder }
    }

    pub(crate) fn token(&self, who: Who) -> Option<String> {
        who.grant().map(|grant| self.gate.add_key("test", grant, None).unwrap().token)
    }

    /// A request by somebody, ready to be sent.
    pub(crate) fn request(&self, who: Who, method: &str, path: &str, media: &str, body: &[u8]) -> Request<Body> {
        let mut request = Request::builder().method(method.to_uppercase().as_str()).uri(path);
        if let Some(token) = self.token(who) {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        if !media.is_empty() {
            request = request.header(header::CONTENT_TYPE, media);
        }
        request.body(Body::from(body.to_vec())).unwrap()
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Response {
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// A call whose body, when there is one, is JSON.
    pub(crate) async fn call(&self, who: Who, method: &str, path: &str, body: &str) -> Response {
        let media = if body.is_empty() { "" } else { "application/json" };
        self.send(self.request(who, method, path, media, body.as_bytes())).await
    }

    pub(crate) async fn json(&self, who: Who, path: &str) -> Value {
        read(self.call(who, "get", path, "").await).await
    }
}

pub(crate) async fn read(response: Response) -> Value {
    serde_json::from_slice(&response.into_body().collect().await.unwrap().to_bytes()).unwrap()
}

fn customers(store: &Arc<MemoryStore>, file: &Arc<Directory>, clock: &Arc<dyn Clock>) -> Registry {
    let rules = ["account-rate".to_owned()].into();
    let registry = Registry::open(Arc::clone(store) as _, Arc::clone(file), rules, Arc::clone(clock)).unwrap();
    let rack = CustomerRecord {
        service: RACK.into(),
        contact: vec!["owner@rack.example".into()],
        networks: vec!["203.0.113.0/28".into()],
        accounts: vec![CAROL.into()],
        ..CustomerRecord::default()
    };
    registry.add(rack).unwrap();
    registry
}

/// A flagged message of Bob's.
pub(crate) fn mail(number: u32) -> Vec<u8> {
    format!(
        "From: Concert hall <{BOB}>\r\nTo: Friend <friend@recipient.example>\r\nSubject: NOVEMBER AT THE CONCERT HALL\r\n\
         Date: Mon, 21 Sep 2026 13:33:20 +0000\r\nMessage-ID: <news-{number}@shop.example>\r\n\r\n\
         Dear friends of music, the leaves are down and the hall is warm: this month we have three evenings for you. On the \
         eighteenth the quartet plays Haydn, on the twenty-fourth our youth orchestra shows what it has rehearsed since \
         summer, and on the thirtieth the choir sings what everybody knows by heart. Until then: number {number}.\r\n"
    )
    .into_bytes()
}

fn flagged(number: u32) -> Evidence {
    let message_id = MessageId::new(&format!("<news-{number}@shop.example>"));
    let headers = "Subject: NOVEMBER AT THE CONCERT HALL".to_owned();
    Evidence { message_id, headers, ..evidence(NOW.0 - 60_000 + i64::from(number)) }
}

/// The ledger and the store with what the head of this file says.
fn blocked(store: &MemoryStore) -> Ledger {
    let mut blocks = Vec::new();
    for (name, who, mails) in
        [("bob1", BOB, vec![flagged(1), flagged(2)]), ("ann1", "ann@bank.example", vec![flagged(3)])]
    {
        let since = NOW.0 - 30_000;
        let block =
            Block { subject: account(who), way_out: WayOut::Ticket, automatic_release: false, ..block(name, since) };
        let letter = (who == BOB).then(|| AlertJob::first(&block, "node.example"));
        store.open_block(&block, &mails, letter.as_ref()).unwrap();
        blocks.push(block);
    }
    let exemption = Exemption {
        id: 0,
        subject: account(BOB),
        what: Exempt::Signal("html_only".into()),
        since: NOW,
        until: NOW.after(DAY),
        by: "operator".into(),
        reason: String::new(),
        report: None,
    };
    store.add_exemption(&exemption).unwrap();
    store.add_diagnosis(&diagnosis()).unwrap();
    let ledger = ground::ledger(Rules::default());
    ledger.restore(blocks, Vec::new(), NOW);
    ledger
}

fn diagnosis() -> Task {
    let patient = Patient::parse(model::SubjectKind::Account, BOB).unwrap();
    let (created, started, finished) = (NOW, Some(NOW), Some(NOW));
    Task {
        id: 0,
        patient,
        state: State::Done,
        by: "customer".into(),
        created,
        started,
        finished,
        checks: 1,
        findings: Vec::new(),
        error: None,
    }
}

fn locked_out(ground: &Ground) -> Logins {
    let lockouts = ground::lockouts();
    let lock = Lockout { subject: account(BOB), since: NOW, until: NOW.after(DAY), failures: 9, network: None };
    lockouts.restore([lock], NOW);
    ground.logins(lockouts)
}

/// What learns from people.
struct Taught {
    judges: Arc<Judges>,
    lessons: Arc<Lessons>,
    fingerprints: Arc<Fingerprints>,
    exemptions: Arc<Exemptions>,
}

impl Taught {
    fn new(ground: &Ground, folder: &Path) -> Self {
        let clock = || Arc::clone(&ground.clock);
        let journal: Arc<dyn Journal> = Arc::clone(&ground.journal) as _;
        let lessons = Arc::new(Lessons::open(folder).unwrap());
        let recall = Arc::new(Recall::new(&RecallSettings::default()));
        let exemptions = Arc::new(Exemptions::default());
        exemptions.refresh(&*ground.store, NOW).unwrap();
        let policy = policy();
        let engine = Engine::new(&policy.score).with_learned(lessons.learned());
        let blocking = Blocking::new(Arc::clone(&journal), Arc::new(NoEvents));
        let reeve = Reeve::new(policy, engine, Arc::clone(&ground.ledger), blocking, Arc::new(NoEvents), clock());
        let reeve = reeve.remembering(Arc::clone(&recall)).exempting(Arc::clone(&exemptions));
        let fingerprints = Arc::new(Fingerprints::new(recall, journal, clock()));
        Self { judges: Arc::new(Judges::new(Arc::new(reeve))), lessons, fingerprints, exemptions }
    }

    fn reports(&self, ground: &Ground) -> Reports {
        let kept: Arc<dyn ReportStore> = Arc::clone(&ground.store) as _;
        let clock = || Arc::clone(&ground.clock);
        let (exemptions, judges) = (Arc::clone(&self.exemptions), Arc::clone(&self.judges));
        let pardons = Pardons::new(Arc::clone(&kept), exemptions, clock(), Arc::clone(&judges));
        let reached = Reached {
            desk: Arc::clone(&ground.desk),
            lessons: Arc::clone(&self.lessons),
            fingerprints: Arc::clone(&self.fingerprints),
            pardons: Arc::new(pardons),
        };
        let rules = ReportRules { settings: ReportSettings::default(), keep_blocks: DAY * 400 };
        Reports::new(kept, judges, reached, clock(), rules, || {})
    }
}

fn policy() -> Policy {
    let mut score = ScoreSettings::default();
    score.points.0.extend([("subject_shouting".into(), 120)]);
    Policy { score, ..ground::policy() }
}

/// An office with one receiver, who is never there.
fn webhooks(store: &Arc<MemoryStore>, clock: &Arc<dyn Clock>, directory: &Arc<Directory>, folder: &Path) -> Webhooks {
    let office = Webhooks::new(Arc::clone(store) as _, Arc::clone(clock), Arc::new(NoEvents), teller(directory));
    office.configure(receivers(folder), teller(directory)).unwrap();
    office
}

fn teller(directory: &Arc<Directory>) -> Teller {
    Teller { node: "node.example".into(), link: String::new(), directory: Arc::clone(directory).into() }
}

fn receivers(folder: &Path) -> Vec<webhooks::Hook> {
    use std::os::unix::fs::PermissionsExt;
    let secret_file = folder.join("panel.secret");
    std::fs::write(&secret_file, "a secret of at least 24 bytes\n").unwrap();
    std::fs::set_permissions(&secret_file, std::fs::Permissions::from_mode(0o600)).unwrap();
    let rule = WebhookRule {
        name: "panel".into(),
        url: format!("http://{}/hook", nobody()),
        secret_file,
        events: HappeningKind::ALL.to_vec(),
        timeout: Duration::from_secs(1),
        give_up_after: DAY,
        authorities: None,
    };
    hooks(&[rule]).unwrap()
}

/// An address that takes no connection.
fn nobody() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// A daemon without parts.
struct Bench;

impl Workshop for Bench {
    fn health(&self) -> Health {
        Health { node: "node.example".into(), monitor: false, started: NOW, ready: true, parts: Vec::new() }
    }

    fn settings(&self) -> Vec<SettingsTable> {
        Vec::new()
    }

    fn mistakes(&self, configuration: &str) -> Vec<Mistake> {
        let mistake = |message: &str| Mistake { line: Some(1), option: "score.spam".into(), message: message.into() };
        Some(mistake("expected a number")).filter(|_| configuration.contains("spam")).into_iter().collect()
    }

    fn letter(&self, _: alerts::Notice, _: Language, files: &Files) -> Result<Letter, Vec<String>> {
        let mistakes = self.template_mistakes(files);
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        Ok(Letter { subject: "Blocked".into(), text: "You are blocked.".into(), html: "<p>You are blocked.".into() })
    }

    fn template_mistakes(&self, files: &Files) -> Vec<String> {
        files
            .iter()
            .filter(|(_, text)| !text.starts_with("Subject:"))
            .map(|(name, _)| format!("{name}: no subject"))
            .collect()
    }

    fn replay(&self, configuration: Option<&str>) -> Result<(replay::Report, replay::Then), NoReplay> {
        let mistakes = configuration.map(|text| self.mistakes(text)).unwrap_or_default();
        if !mistakes.is_empty() {
            return Err(NoReplay::Mistakes(mistakes));
        }
        let report = replay::Report {
            from: None,
            to: None,
            all: replay::Tally::default(),
            blocks: Vec::new(),
            slowed: Vec::new(),
            reports: Vec::new(),
            failed: None,
        };
        Ok((report, replay::Then::default()))
    }

    fn rotate_reply_key(&self) -> Option<Result<Timestamp, String>> {
        Some(Ok(NOW.after(DAY)))
    }
}

fn directory() -> Directory {
    Directory::parse(CUSTOMERS, &CustomerSettings::default()).unwrap()
}
