//! A daemon in small: ledger, store in memory, desk, and both doors.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use access::{Gate, WebSettings};
use admin::{AdminSettings, AdminState, PartState, Readiness, Services, Site};
use customers::registry::Registry;
use customers::{CustomerSettings, Directory};
use diagnostics::{Diagnoses, DiagnosisSettings, Locks, Owners, Tools};
use limits::{AlertJob, Ledger, LockoutStore, Rules, Store};
use lookups::{Dns, DnsSettings, Health, Reputation, ReputationSettings};
use model::event::NoEvents;
use model::time::ManualClock;
use model::{
    AccountName, Block, BlockRef, BlockState, Clock, Evidence, Identity, MessageId, Reason, SubjectKey, Timestamp,
};
use pipeline::{Desk, Durably, Fingerprints, Journal, Search, Tickets};
use recall::{Recall, RecallSettings};
use store::{MemoryAccess, MemoryStore};
use telemetry::Telemetry;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub(crate) const NOW: Timestamp = Timestamp::from_secs(1_700_000_000);

/// Everything a test looks at or turns.
pub(crate) struct World {
    pub(crate) clock: ManualClock,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) state: Arc<AdminState>,
    pub(crate) part: Arc<Mutex<PartState>>,
    pub(crate) folder: TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        let clock = ManualClock::at(NOW);
        let part = Arc::new(Mutex::new(PartState::working("Writes.")));
        let store = Arc::new(MemoryStore::default());
        let ledger = Arc::new(Ledger::new(Rules::default(), || 0x1234_5678_9abc_def0_1234));
        let clocks: Arc<dyn Clock> = Arc::new(clock.clone());
        let journal: Arc<dyn Journal> = Arc::new(Straight(Arc::clone(&store)));
        let recall = Arc::new(Recall::new(&RecallSettings::default()));
        let fingerprints = Arc::new(Fingerprints::new(recall, Arc::clone(&journal), Arc::clone(&clocks)));
        let logins = logins(&ledger, &store, &clocks);
        let desk =
            Desk::new(Arc::clone(&ledger), Arc::clone(&store) as _, journal, Arc::new(NoEvents), Arc::clone(&clocks));
        let telemetry = Telemetry::new(["html_only"], 100, Arc::clone(&clocks)).unwrap();
        let readiness = probes(&clocks, &part);
        let site =
            Site { node: "mx1.isp.example".into(), monitor: false, contact: "Ask <support@isp.example>.".into() };
        let folder = tempfile::tempdir().unwrap();
        let lessons = Arc::new(pipeline::Lessons::open(folder.path()).unwrap());
        let (desk, kept) = (Arc::new(desk), Arc::clone(&store) as _);
        let tickets = Arc::new(Tickets::new(desk, kept, Arc::clone(&clocks), || {}));
        let diagnoses = Arc::new(diagnoses(&ledger, &store, &clocks));
        let nobody = Arc::new(customers::Directory::nobody(&customers::CustomerSettings::default()));
        let search = Arc::new(Search::new(Arc::clone(&ledger), Arc::clone(&store) as _, nobody));
        let access = Arc::new(MemoryAccess::default());
        let gate = Gate::open(&WebSettings::default(), Arc::clone(&access) as _, access, Arc::clone(&clocks)).unwrap();
        let services = Services {
            tickets,
            fingerprints,
            lessons,
            logins,
            search,
            reply_keys: None,
            webhooks: None,
            gate: Arc::new(gate),
            diagnoses,
            reports: None,
            customers: Some(registry(&store, &clocks)),
        };
        let state = AdminState::new(services, Arc::new(telemetry), readiness, clocks, site);
        Self { clock, store, ledger, state: Arc::new(state), part, folder }
    }

    /// Writes a block that only the store knows, with one flagged message.
    pub(crate) fn written(&self, block: &Block, message_id: &str) {
        self.store.open_block(block, &[evidence(message_id)], None).unwrap();
    }

    /// A block that the ledger enforces and the store has.
    pub(crate) fn enforced(&self, account: &str) -> Block {
        let identity = Identity { account: AccountName::from_login(account), ..Identity::default() };
        let spam = limits::Observation {
            score: 300,
            is_spam: true,
            is_unusual: true,
            recipients: &[],
            recipient_count: 1,
            is_message: true,
            refused_recipients: 0,
            bytes: 1,
            network: None,
            evidence: Some(evidence("<spam@shop.example>")),
        };
        let tripped = (0..100).find_map(|_| self.ledger.observe(&identity, &spam, NOW).pop());
        let Some(model::standing::Transition::Blocked { block, evidence }) = tripped else { panic!("nothing tripped") };
        self.store.open_block(&block, &evidence, None).unwrap();
        *block
    }

    /// Opens the TCP door on a free port.
    pub(crate) async fn http(&self, settings: AdminSettings) -> Door {
        let settings = AdminSettings { listen: vec![SocketAddr::from(([127, 0, 0, 1], 0))], ..settings };
        let listeners = admin::listen(&settings).await.unwrap();
        let address = listeners.first().unwrap().local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let state = Arc::clone(&self.state);
        let running = tokio::spawn(async move {
            admin::serve(&settings, listeners, state, async { drop(stopped.await) }).await;
        });
        Door { address, stop, running }
    }

    /// Opens the control socket.
    pub(crate) async fn control(&self) -> ControlDoor {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("control.sock");
        let listener = admin::listen_control(&path).await.unwrap();
        let state = Arc::clone(&self.state);
        let settings = AdminSettings::default();
        let running = tokio::spawn(async move {
            admin::serve_control(&settings, listener, state, std::future::pending()).await;
        });
        ControlDoor { path, running, _directory: directory }
    }
}

fn probes(clock: &Arc<dyn Clock>, part: &Arc<Mutex<PartState>>) -> Readiness {
    let mut readiness = Readiness::new(Arc::clone(clock));
    let shown = Arc::clone(part);
    readiness.probe("store", true, move || shown.lock().unwrap().clone());
    readiness.probe("resolver", false, || PartState::degraded("Destinations are shown as unknown."));
    readiness
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

impl pipeline::LockJournal for Straight {
    fn begin(&self, lock: limits::Lockout) -> Durably {
        Box::pin(std::future::ready(self.0.begin_lockout(&lock)))
    }

    fn lift(&self, subject: model::SubjectKey, by: String, at: model::Timestamp) -> Durably {
        Box::pin(std::future::ready(self.0.lift_lockout(&subject, &by, at)))
    }

    fn end(&self, now: model::Timestamp) -> Durably {
        Box::pin(std::future::ready(self.0.end_lockouts(now)))
    }
}

/// The TCP door.
pub(crate) struct Door {
    pub(crate) address: SocketAddr,
    pub(crate) stop: oneshot::Sender<()>,
    pub(crate) running: JoinHandle<()>,
}

/// The control socket; gone with this.
pub(crate) struct ControlDoor {
    pub(crate) path: PathBuf,
    pub(crate) running: JoinHandle<()>,
    _directory: TempDir,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Door {
    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.request(&format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")).await
    }

    pub(crate) async fn request(&self, request: &str) -> Answer {
        let mut stream = self.connect().await;
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head: head.to_lowercase(), body: body.to_owned() }
    }
}

pub(crate) fn block(reference: &str, account: &str) -> Block {
    Block {
        reference: BlockRef::new(reference).unwrap(),
        subject: SubjectKey::Account(AccountName::from_login(account).unwrap()),
        state: BlockState::BlockedForSpam,
        since: NOW,
        length: std::time::Duration::from_secs(3600),
        strike: 1,
        reason: Reason {
            rule: "spam_burst".into(),
            counter: "spam".into(),
            count: 5,
            window: std::time::Duration::from_secs(600),
            sentence: "5 messages that look like spam within 10 minutes".into(),
            monitored: false,
        },
        automatic_release: true,
        way_out: model::WayOut::default(),
        quota: None,
        messages: 9,
        spam: 5,
        attempts: 0,
        released: None,
    }
}

pub(crate) fn evidence(message_id: &str) -> Evidence {
    Evidence {
        at: NOW,
        message_id: MessageId::new(message_id),
        queue_id: None,
        score: 410,
        hits: Vec::new(),
        client: None,
        recipients: 1,
        destination_domain: model::DomainName::new("victim.example"),
        destination_ip: "198.51.100.25".parse().ok(),
        headers: "To: someone@victim.example\nSubject: private words".into(),
    }
}

/// Customers of the store beside an empty file.
fn registry(store: &Arc<MemoryStore>, clock: &Arc<dyn Clock>) -> Arc<Registry> {
    let nobody = Arc::new(Directory::nobody(&CustomerSettings::default()));
    let rules = ["account-rate".to_owned()].into();
    Arc::new(Registry::open(Arc::clone(store) as _, nobody, rules, Arc::clone(clock)).unwrap())
}

fn logins(ledger: &Arc<Ledger>, store: &Arc<MemoryStore>, clock: &Arc<dyn Clock>) -> Arc<pipeline::Logins> {
    let lockouts = Arc::new(limits::Lockouts::new(&limits::LockoutSettings::default()));
    let (ledger, journal) = (Arc::clone(ledger), Arc::new(Straight(Arc::clone(store))));
    Arc::new(pipeline::Logins::new(lockouts, ledger, journal, Arc::new(NoEvents), Arc::clone(clock)))
}

/// Diagnoses whose name server answers nothing.
fn diagnoses(ledger: &Arc<Ledger>, store: &Arc<MemoryStore>, clock: &Arc<dyn Clock>) -> Diagnoses {
    let timeout = std::time::Duration::from_millis(100);
    let settings = DnsSettings { servers: vec!["127.0.0.1:9".parse().unwrap()], timeout, ..DnsSettings::default() };
    let dns = Arc::new(Dns::new(&settings, Arc::clone(clock)).unwrap());
    let health = Arc::new(Health::new(Arc::new(NoEvents), Arc::clone(clock)));
    let directory = Directory::nobody(&CustomerSettings::default());
    let tools = Tools {
        settings: DiagnosisSettings::default(),
        reputation: Arc::new(Reputation::new(ReputationSettings::default(), &[], timeout, Arc::clone(&dns), health)),
        dns,
        ledger: Arc::clone(ledger),
        tickets: Arc::clone(store) as _,
        owners: Owners::new(move |subject| directory.owner(subject)),
        locks: Locks::new(|_| None),
        trust: diagnostics::Trust::authorities(std::path::Path::new("/nonexistent")),
        ehlo: "mx1.isp.example".into(),
        clock: Arc::clone(clock),
    };
    Diagnoses::new(tools, Arc::clone(store) as _, Arc::new(NoEvents))
}
