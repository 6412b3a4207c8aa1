//! A daemon in small: ledger, store in memory, desk, and both doors.

use ground::Ground;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use access::{Gate, WebSettings};
use admin::{AdminSettings, AdminState, PartState, Readiness, Services, Site};
use customers::registry::Registry;
use customers::{CustomerSettings, Directory};
use diagnostics::DiagnosisSettings;
use limits::{Ledger, Rules, Store};
use model::time::ManualClock;
use model::{
    AccountName, Block, BlockRef, BlockState, Clock, Evidence, Identity, MessageId, Reason, SubjectKey, Timestamp,
};
use pipeline::{Fingerprints, Search};
use recall::{Recall, RecallSettings};
use store::MemoryStore;
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
    pub(crate) gate: Arc<Gate>,
    pub(crate) part: Arc<Mutex<PartState>>,
    pub(crate) folder: TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        let ground = Ground::new(NOW, Rules::default());
        let part = Arc::new(Mutex::new(PartState::working([console::Remark::Failed("Writes.".into())])));
        let recall = Arc::new(Recall::new(&RecallSettings::default()));
        let journal = Arc::clone(&ground.journal) as _;
        let fingerprints = Arc::new(Fingerprints::new(recall, journal, Arc::clone(&ground.clock)));
        let telemetry = Telemetry::new(["html_only"], 100, Arc::clone(&ground.clock)).unwrap();
        let readiness = probes(&ground.clock, &part);
        let contact = "Ask <support@isp.example>.".into();
        let ladder = vec![std::time::Duration::from_secs(3600), std::time::Duration::from_secs(86_400)];
        let site = Site { node: "mx1.isp.example".into(), monitor: false, contact, ladder };
        let folder = tempfile::tempdir().unwrap();
        let lessons = Arc::new(pipeline::Lessons::open(folder.path()).unwrap());
        let diagnoses = ground::diagnoses(&ground, nobody(), DiagnosisSettings::default());
        let search = Search::new(Arc::clone(&ground.ledger), Arc::clone(&ground.store) as _, Arc::new(nobody()));
        let logins = Arc::new(ground.logins(ground::lockouts()));
        let gate = Arc::new(ground.gate(&WebSettings::default()));
        let services = Services {
            tickets: Arc::clone(&ground.tickets),
            by_hand: Arc::new(ground.by_hand()),
            standings: Arc::new(ground.standings(&logins)),
            fingerprints,
            lessons,
            logins,
            search: Arc::new(search),
            reply_keys: None,
            webhooks: None,
            gate: Arc::clone(&gate),
            diagnoses: Arc::new(diagnoses),
            reports: None,
            customers: Some(registry(&ground)),
            outbox: Some(ground::outbox(&ground)),
        };
        let state = AdminState::new(services, Arc::new(telemetry), readiness, Arc::clone(&ground.clock), site);
        let Ground { hand: clock, store, ledger, .. } = ground;
        Self { clock, store, ledger, state: Arc::new(state), gate, part, folder }
    }

    /// Writes a block that only the store knows, with one flagged message.
    pub(crate) fn written(&self, block: &Block, message_id: &str) {
        self.store.open_block(block, &[evidence(message_id)], None).unwrap();
    }

    /// A block that the ledger enforces and the store has.
    pub(crate) fn enforced(&self, account: &str) -> Block {
        let identity = Identity { account: AccountName::from_login(account), ..Identity::default() };
        let (block, evidence) = ground::trip(&self.ledger, &identity, Some(evidence("<spam@shop.example>")), NOW);
        self.store.open_block(&block, &evidence, None).unwrap();
        block
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
    readiness.probe("resolver", false, || {
        PartState::degraded([console::Remark::Failed("Destinations are shown as unknown.".into())])
    });
    readiness
}

/// The user whom the tests run as, as the system names him.
pub(crate) fn me() -> String {
    let told = std::process::Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(told.stdout).unwrap().trim().to_owned()
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
        adoption: None,
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
fn registry(ground: &Ground) -> Arc<Registry> {
    let rules = ["account-rate".to_owned()].into();
    let clock = Arc::clone(&ground.clock);
    Arc::new(Registry::open(Arc::clone(&ground.store) as _, Arc::new(nobody()), rules, clock).unwrap())
}

fn nobody() -> Directory {
    Directory::nobody(&CustomerSettings::default())
}
