//! A daemon in small: two customers, one blocked account with a ticket and one blocked address, and a console before them.

use ground::Ground;
use std::collections::BTreeMap;
use std::sync::Arc;

use access::{Gate, Grant, Role, Visitor, WebSettings};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use console::{Console, Parts, Site};
use customers::{Customer, CustomerSettings, Directory, Kind, Language};
use http_body_util::BodyExt;
use limits::{AlertJob, Holdings, Ledger, Rules, Store, Terms};
use model::time::ManualClock;
use model::{AccountName, Block, BlockRef, ClientAddr, DomainName, Identity, SubjectKey, Timestamp, WayOut};
use pipeline::Search;
use store::MemoryStore;
use telemetry::Telemetry;
use tempfile::TempDir;
use tower_service::Service;

use crate::offices::{self, Offices};

pub(crate) const NOW: Timestamp = Timestamp::from_secs(1_700_000_000);
pub(crate) const PASSWORD: &str = "correct horse battery";
/// Who may log in: name, role, service.
pub(crate) const USERS: [(&str, Role, &str); 4] = [
    ("anna", Role::Operator, ""),
    ("otto", Role::Auditor, ""),
    ("shop", Role::Customer, "hosting-4711"),
    ("host", Role::Customer, "server-17"),
];

/// Everything a test looks at or turns.
pub(crate) struct World {
    pub(crate) clock: ManualClock,
    pub(crate) gate: Arc<Gate>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) store: Arc<MemoryStore>,
    /// `bob@shop.example` of hosting-4711, with ticket 1.
    pub(crate) account: Block,
    /// 203.0.113.17 of server-17, for an hour.
    pub(crate) address: Block,
    /// An event of the webhook.
    pub(crate) event: String,
    router: Router,
    _folder: TempDir,
}

impl World {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ground = Ground::new(NOW, rules());
        let offices = Offices { ground: &ground, folder: folder.path() };
        let webhooks = offices.webhooks();
        let gate = Arc::new(ground.gate(&WebSettings::default()));
        for (name, role, service) in USERS {
            let services = Some(service).filter(|service| !service.is_empty()).map(str::to_owned).into_iter().collect();
            gate.add_user(name, Grant { role, services }, PASSWORD).unwrap();
        }
        let nobody = Arc::new(Directory::nobody(&CustomerSettings::default()));
        let parts = Parts {
            gate: Arc::clone(&gate),
            tickets: Arc::clone(&ground.tickets),
            search: Arc::new(Search::new(Arc::clone(&ground.ledger), Arc::clone(&ground.store) as _, nobody)),
            archive: Arc::clone(&ground.store) as _,
            ledger: Arc::clone(&ground.ledger),
            logins: None,
            recall: Arc::new(recall::Recall::new(&recall::RecallSettings::default())),
            telemetry: Arc::new(Telemetry::new(["html_only"], 100, Arc::clone(&ground.clock)).unwrap()),
            health: Box::new(Vec::new),
            owner: Box::new(owner),
            holdings: Box::new(holdings),
            outbox: Some(ground::outbox(&ground)),
            diagnoses: Some(Arc::new(offices.diagnoses())),
            reports: Some(Arc::new(offices.reports())),
            webhooks: Some(webhooks.clone()),
            customers: Some(Arc::new(offices.customers())),
            clock: Arc::clone(&ground.clock),
        };
        let site = Site { node: "mx1.isp.example".into(), spam: 100, ..Site::default() };
        let console = Console::new(parts, site);
        let Ground { hand: clock, store, ledger, .. } = ground;
        let account = Identity { account: AccountName::from_login("bob@shop.example"), ..Identity::default() };
        let network = ClientAddr::parse("203.0.113.17").map(ClientAddr::network);
        let address = Identity { network, ..Identity::default() };
        let (account, address) = (tripped(&ledger, &store, &account), tripped(&ledger, &store, &address));
        offices::file_report(&store, &account, "bob@shop.example");
        offices::queue(&store);
        let event = webhooks.list(None, None, 1).unwrap().remove(0).happening.id();
        let router = console::router(console);
        Self { clock, gate, ledger, store, account, address, event, router, _folder: folder }
    }

    /// A browser with nothing in it.
    pub(crate) fn browser(&self) -> Browser {
        Browser { router: self.router.clone(), cookies: Vec::new(), visitor: visitor("192.0.2.1", false) }
    }

    /// A browser of somebody who has logged in.
    pub(crate) async fn logged_in(&self, name: &str) -> Browser {
        let mut browser = self.browser();
        let entered = browser.log_in(name, PASSWORD).await;
        assert_eq!(entered.status, StatusCode::SEE_OTHER, "{name}: {}", entered.body);
        browser
    }

    /// The same, without the time that a password takes.
    pub(crate) async fn invited(&self, name: &str) -> Browser {
        let mut browser = self.browser();
        let token = self.gate.invite(name, std::time::Duration::from_secs(60)).unwrap();
        let entered = browser.get(&format!("/console/enter/{token}")).await;
        assert_eq!(entered.status, StatusCode::SEE_OTHER, "{name}: {}", entered.body);
        browser
    }

    /// The page of a block behind its signed link.
    pub(crate) fn link(&self, block: &BlockRef) -> String {
        format!("/console/case/{}", self.gate.link_to(block).unwrap())
    }

    pub(crate) fn is_blocked(&self, block: &Block) -> bool {
        self.ledger.block(&block.subject).is_some_and(|block| block.is_active())
    }

    pub(crate) fn noted(&self) -> Vec<String> {
        let entries = self.gate.audit(&access::AuditQuery::default()).unwrap();
        entries.into_iter().map(|entry| format!("{}: {} {}", entry.who, entry.action, entry.on)).collect()
    }
}

pub(crate) fn visitor(address: &str, https: bool) -> Visitor {
    Visitor { client: address.parse().ok(), https }
}

fn rules() -> Rules {
    let terms = Terms::by_way_out(|subject| match subject {
        SubjectKey::Account(_) => WayOut::Ticket,
        _ => WayOut::Time,
    });
    let blocks = limits::BlockSettings { automatic_releases: 0, ..limits::BlockSettings::default() };
    Rules { terms, blocks, ..Rules::default() }
}

/// The same the other way round.
fn holdings(service: &str) -> Option<Holdings> {
    let nets =
        |text: [&str; 2]| text.map(|net| Holdings::network(net.parse().unwrap())).into_iter().reduce(Holdings::and);
    match service {
        "hosting-4711" => Some(Holdings::mail_domain(&DomainName::new("shop.example").unwrap())),
        "server-17" => nets(["0.0.0.0/0", "::/0"]),
        _ => None,
    }
}

fn owner(subject: &SubjectKey) -> Arc<Customer> {
    let service = match subject {
        SubjectKey::Account(_) | SubjectKey::Domain(_) => "hosting-4711",
        SubjectKey::Ip(_) => "server-17",
    };
    let (service, name) = (service.to_owned(), String::new());
    let (contacts, language, kind) = (Vec::new(), Language::En, Kind::Exchange);
    Arc::new(Customer {
        service,
        name,
        contacts,
        language,
        kind,
        expires: None,
        suspended: false,
        limits: BTreeMap::new(),
        automatic_releases: None,
        source: customers::Source::File,
    })
}

fn tripped(ledger: &Ledger, store: &MemoryStore, identity: &Identity) -> Block {
    let mut evidence = testkit::samples::evidence(NOW.0);
    evidence.destination_ip = "198.51.100.25".parse().ok();
    let (block, evidence) = ground::trip(ledger, identity, Some(evidence), NOW);
    let alert = AlertJob::first(&block, "mx1.isp.example");
    store.open_block(&block, &evidence, Some(&alert)).unwrap();
    block
}

/// What a person's browser does: keeps cookies, sends forms with what the page put into them.
pub(crate) struct Browser {
    router: Router,
    pub(crate) cookies: Vec<(String, String)>,
    pub(crate) visitor: Visitor,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The token of the page's forms.
    pub(crate) fn csrf(&self) -> String {
        let (_, rest) = self.body.split_once("name=\"csrf\" value=\"").unwrap_or(("", ""));
        rest.split('"').next().unwrap_or_default().to_owned()
    }
}

impl Browser {
    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, "").await
    }

    /// Sends a form of the page at `page` to `path`.
    pub(crate) async fn submit(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.get(page).await.csrf();
        self.post(path, &[fields, &[("csrf", csrf.as_str())]].concat()).await
    }

    /// Sends a form as it is.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let form: Vec<_> = fields.iter().map(|(key, value)| format!("{key}={}", value.replace(' ', "+"))).collect();
        self.send("POST", path, &form.join("&")).await
    }

    pub(crate) async fn log_in(&mut self, name: &str, password: &str) -> Answer {
        self.submit("/console/login", "/console/login", &[("name", name), ("password", password)]).await
    }

    pub(crate) async fn send(&mut self, method: &str, path: &str, body: &str) -> Answer {
        self.ask(method, "application/x-www-form-urlencoded", path, body).await
    }

    /// Sends a body of that type.
    pub(crate) async fn send_as(&mut self, media_type: &str, path: &str, body: &str) -> Answer {
        self.ask("POST", media_type, path, body).await
    }

    async fn ask(&mut self, method: &str, media_type: &str, path: &str, body: &str) -> Answer {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = Request::builder().method(method).uri(path);
        request = request.header(header::COOKIE, cookies.join("; ")).extension(self.visitor);
        request = request.header(header::CONTENT_TYPE, media_type);
        let response = self.router.call(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        for field in parts.headers.get_all(header::SET_COOKIE) {
            self.keep(field.to_str().unwrap());
        }
        // The template engine escapes slashes too, where a browser reads none of it.
        let body = String::from_utf8_lossy(&body).replace("&#x2f;", "/");
        Answer { status: parts.status, headers: parts.headers, body }
    }

    fn keep(&mut self, field: &str) {
        let (name, value) = field.split(';').next().unwrap().split_once('=').unwrap();
        self.cookies.retain(|(known, _)| known != name);
        if !value.is_empty() {
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
    }
}
