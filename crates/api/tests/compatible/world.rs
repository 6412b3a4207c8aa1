//! The API over a ledger, a store in memory and a clock that is driven; requests go through the router, without sockets.

use std::net::{IpAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use access::{AccessRule, Actor, Gate, Grant, NewCredential, Visitor, WebSettings};
use api::{Office, Passwords, compatible};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use customers::{CustomerSettings, Directory};
use diagnostics::{Diagnoses, DiagnosisSettings, DiagnosisStore, Locks, Owners, Server, Task, Tools, Trust};
use limits::{AlertJob, BlockSettings, Ledger, Observation, Rules, Store, Terms};
use lookups::{Dns, DnsSettings, Health, Reputation, ReputationSettings};
use model::event::NoEvents;
use model::standing::Transition;
use model::time::ManualClock;
use model::{AccountName, Block, ClientAddr, Clock, Evidence, Identity, Timestamp};
use pipeline::{Addresses, Desk, Durably, Journal, Tickets};
use serde_json::Value;
use store::{MemoryAccess, MemoryStore};
use tower::ServiceExt;

pub(crate) const NOW: Timestamp = Timestamp::from_secs(1_700_000_000);
pub(crate) const NET: &str = "198.51.100.0%2F24";
pub(crate) const IP: &str = "198.51.100.23";
pub(crate) const IP6: &str = "2001:db8:1:2::";
pub(crate) const BOB: &str = "bob@shop.example";

const CUSTOMERS: &str = "
[[customer]]
service = 'shop'
name = 'Shop'
contact = ['owner@shop.example']
kind = 'exchange'
networks = ['198.51.100.0/24', '2001:db8:1::/48']
accounts = ['*@shop.example']
[[customer]]
service = 'old'
contact = ['owner@old.example']
kind = 'mxplan-legacy'
accounts = ['*@old.example']
[[customer]]
service = 'pro'
name = 'Pro'
kind = 'pro'
contact = ['owner@pro.example']
accounts = ['*@pro.example']
[[customer]]
service = 'plan'
kind = 'mxplan'
contact = ['owner@plan.example']
accounts = ['*@plan.example']
[[customer]]
service = 'bank'
contact = ['owner@bank.example']
networks = ['203.0.113.0/24']
";

pub(crate) struct World {
    pub(crate) clock: ManualClock,
    pub(crate) gate: Arc<Gate>,
    store: Arc<MemoryStore>,
    ledger: Arc<Ledger>,
    router: Router,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with_command(&[])
    }

    /// A world where that command changes passwords.
    pub(crate) fn with_command(command: &[&str]) -> Self {
        let clock = ManualClock::at(NOW);
        let clocks: Arc<dyn Clock> = Arc::new(clock.clone());
        let store = Arc::new(MemoryStore::default());
        let directory = Arc::new(Directory::parse(CUSTOMERS, &CustomerSettings::default()).unwrap());
        let owners = Arc::clone(&directory);
        let terms = Terms::by_way_out(move |subject| owners.owner(subject).way_out(subject));
        let rules = Rules {
            blocks: BlockSettings { automatic_releases: 0, ..BlockSettings::default() },
            terms,
            ..Rules::default()
        };
        let seed = std::sync::atomic::AtomicU64::new(1);
        let next = move || u128::from(seed.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) << 64 | 0x1234_5678;
        let ledger = Arc::new(Ledger::new(rules, next));
        let journal: Arc<dyn Journal> = Arc::new(Straight(Arc::clone(&store)));
        let desk =
            Desk::new(Arc::clone(&ledger), Arc::clone(&store) as _, journal, Arc::new(NoEvents), Arc::clone(&clocks));
        let tickets = Arc::new(Tickets::new(Arc::new(desk), Arc::clone(&store) as _, Arc::clone(&clocks), || {}));
        let addresses = Arc::new(Addresses::new(tickets.desk(), Arc::clone(&store) as _));
        let access = Arc::new(MemoryAccess::default());
        let password_command = command.iter().map(|word| (*word).to_owned()).collect();
        let settings = WebSettings { password_command, ..WebSettings::default() };
        let passwords = Arc::new(Passwords::new(&settings, tickets.desk(), Arc::clone(&clocks)));
        let diagnoses = Arc::new(diagnoses(&ledger, &store, &clocks));
        let gate = Gate::open(&settings, Arc::clone(&access) as _, access, clocks).unwrap();
        let gate = Arc::new(gate);
        let office = Office::new(
            Arc::clone(&gate),
            tickets,
            addresses,
            diagnoses,
            passwords,
            directory,
            "https://isp.example".into(),
        );
        Self { clock, gate, store, ledger, router: compatible::router(Arc::new(office)) }
    }

    /// Blocks whoever sends from there without login.
    pub(crate) fn block_ip(&self, address: &str) -> Block {
        self.block_ip_towards(address, Some("192.0.2.99"))
    }

    /// The same, for messages to that address, or to nobody knows where.
    pub(crate) fn block_ip_towards(&self, address: &str, destination: Option<&str>) -> Block {
        let client: IpAddr = address.parse().unwrap();
        let identity = Identity { network: Some(ClientAddr::new(client).network()), ..Identity::default() };
        self.block(&identity, destination)
    }

    /// Blocks an account.
    pub(crate) fn block_account(&self, login: &str) -> Block {
        let identity = Identity { account: AccountName::from_login(login), ..Identity::default() };
        self.block(&identity, Some("192.0.2.99"))
    }

    fn block(&self, identity: &Identity, destination: Option<&str>) -> Block {
        let evidence = Evidence {
            destination_ip: destination.and_then(|address| address.parse().ok()),
            score: 410,
            ..testkit::samples::evidence(self.clock.now().0)
        };
        let spam = Observation {
            is_message: true,
            score: 410,
            is_spam: true,
            recipient_count: 1,
            evidence: Some(evidence),
            ..Observation::default()
        };
        let tripped = (0..200).find_map(|_| self.ledger.observe(identity, &spam, self.clock.now()).pop());
        let Some(Transition::Blocked { block, evidence }) = tripped else { panic!("nothing tripped") };
        self.store.open_block(&block, &evidence, None).unwrap();
        *block
    }

    /// A bearer token for that grant.
    pub(crate) fn token(&self, grant: Grant) -> String {
        format!("Bearer {}", self.gate.add_key("test", grant, None).unwrap().token)
    }

    /// An application with a consumer key: application key, secret, consumer key.
    pub(crate) fn application(&self, rules: Vec<AccessRule>, grant: Grant) -> (String, String, String) {
        let issued = self.gate.add_application("test").unwrap();
        let wanted = NewCredential { rules, ..NewCredential::default() };
        let by = Actor::at_the_socket("test");
        let (consumer, _) = self.gate.add_credential(&issued.application.key, wanted, grant, &by, None).unwrap();
        (issued.application.key, issued.secret, consumer)
    }

    pub(crate) async fn ask(&self, method: &str, path: &str, fields: &[(&str, &str)], body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("host", "isp.example:7681");
        for (name, value) in fields {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::from(body.to_owned())).unwrap();
        let client = "192.0.2.7".parse().ok();
        request.extensions_mut().insert(Visitor { client, https: true });
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        Answer { status, headers, body: serde_json::from_slice(&bytes).unwrap_or_default() }
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> Answer {
        self.ask("GET", path, &[("authorization", token)], "").await
    }

    pub(crate) async fn post(&self, path: &str, token: &str, body: &str) -> Answer {
        self.ask("POST", path, &[("authorization", token)], body).await
    }

    /// The latest diagnosis, as it is kept, as soon as it is over.
    pub(crate) async fn diagnosed(&self) -> Task {
        loop {
            let task = self.store.diagnoses(None, 1).unwrap().pop().unwrap();
            if task.finished.is_some() {
                return task;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    pub(crate) fn pass(&self, length: Duration) {
        self.clock.advance(length);
    }
}

/// A journal without a thread: what is handed in is written.
struct Straight(Arc<MemoryStore>);

impl Journal for Straight {
    fn open_block(&self, block: Block, evidence: Vec<Evidence>, alert: Option<AlertJob>) -> Durably {
        let written = self.0.open_block(&block, &evidence, alert.as_ref());
        Box::pin(async { written })
    }
    fn update_block(&self, block: Block) -> Durably {
        let written = self.0.update_block(&block);
        Box::pin(async { written })
    }
    fn keep(&self, record: model::Kept) -> Durably {
        Box::pin(std::future::ready(self.0.save_kept(&[record])))
    }
    fn forget(&self, shelf: model::Shelf, name: String) -> Durably {
        Box::pin(std::future::ready(self.0.forget_kept(shelf, &name)))
    }
    fn is_healthy(&self) -> bool {
        true
    }
}

/// A submission server that takes no connection.
fn nobody() -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string().parse().unwrap()
}

/// Diagnoses whose name server answers nothing.
fn diagnoses(ledger: &Arc<Ledger>, store: &Arc<MemoryStore>, clock: &Arc<dyn Clock>) -> Diagnoses {
    let timeout = Duration::from_millis(100);
    let settings = DnsSettings { servers: vec!["127.0.0.1:9".parse().unwrap()], timeout, ..DnsSettings::default() };
    let dns = Arc::new(Dns::new(&settings, Arc::clone(clock)).unwrap());
    let health = Arc::new(Health::new(Arc::new(NoEvents), Arc::clone(clock)));
    let directory = Directory::parse(CUSTOMERS, &CustomerSettings::default()).unwrap();
    let tools = Tools {
        settings: DiagnosisSettings { submission: Some(nobody()), ..DiagnosisSettings::default() },
        reputation: Arc::new(Reputation::new(ReputationSettings::default(), &[], timeout, Arc::clone(&dns), health)),
        dns,
        ledger: Arc::clone(ledger),
        tickets: Arc::clone(store) as _,
        owners: Owners::new(move |subject| directory.owner(subject)),
        locks: Locks::new(|_| None),
        trust: Trust::authorities(Path::new("/nonexistent")),
        ehlo: "filter.provider.example".into(),
        clock: Arc::clone(clock),
    };
    Diagnoses::new(tools, Arc::clone(store) as _, Arc::new(NoEvents))
}
