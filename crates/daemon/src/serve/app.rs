//! The daemon put together: every part started in the order it is needed, and stopped in the reverse.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use admin::{AdminState, Readiness, Site};
use alerts::{Dns, Outbox, OutboxHandle, Post};
use anyhow::Context;
use arc_swap::ArcSwap;
use frontends::{Inherited, InheritedSockets};
use limits::{Ledger, Store};
use model::{Clock, EventSink};
use pipeline::{Blocking, Desk, Judges, Mode, Policy, Reeve};
use scoring::Engine;
use store::{SqliteStore, Writer};
use telemetry::Telemetry;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::front::Front;
use super::housekeeping::{Housekeeping, snapshot_now};
use super::journal::StoreJournal;
use super::proxy::ProxyDoor;
use super::{metrics, probes};
use crate::clock::{SystemClock, entropy};
use crate::config::Config;

/// A running daemon.
pub(crate) struct App {
    parts: Parts,
    policy: Arc<ArcSwap<Policy>>,
    admin: Arc<AdminState>,
    front: Front,
    proxy: ProxyDoor,
    http: Vec<SocketAddr>,
    drain: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    doors: Vec<JoinHandle<()>>,
}

/// What outlives a configuration.
pub(crate) struct Parts {
    pub(crate) node: String,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) telemetry: Arc<Telemetry>,
    pub(crate) store: Arc<SqliteStore>,
    pub(crate) writer: Arc<Writer>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) blocking: Blocking,
    pub(crate) judges: Arc<Judges>,
    pub(crate) outbox: OutboxHandle,
}

impl App {
    /// Starts everything. When this returns, every listener listens and blocks are enforced.
    pub(crate) async fn start(config: Config, mut inherited: InheritedSockets) -> anyhow::Result<Self> {
        let http_listeners = listen_http(&config, inherited.remove("http")).await?;
        let http: Vec<_> = http_listeners.iter().filter_map(|listener| listener.local_addr().ok()).collect();
        let (parts, outbox, policy) = Parts::start(&config, http.first().copied())?;
        let policy = Arc::new(ArcSwap::from_pointee(policy));
        parts.end_monitoring(&policy.load()).await;
        let (front, listeners) = Front::bind(&config.milter, &parts, &mut inherited).await?;
        let (proxy, proxy_listeners) = ProxyDoor::bind(&config.proxy, &parts, &mut inherited).await?;
        all_claimed(inherited)?;
        let admin = Arc::new(admin_state(&config, &parts, &front));
        let (drain, draining) = watch::channel(false);
        let mut doors = vec![front.serve(listeners, draining.clone()), proxy.serve(proxy_listeners, draining.clone())];
        doors.extend(serve_http(&config, http_listeners, &admin, &draining).await?);
        let housekeeping = Housekeeping {
            ledger: Arc::clone(&parts.ledger),
            writer: Arc::clone(&parts.writer),
            blocking: parts.blocking.clone(),
            policy: Arc::clone(&policy),
            clock: Arc::clone(&parts.clock),
        };
        let tasks = vec![tokio::spawn(housekeeping.run(config.store.clone())), tokio::spawn(outbox.run())];
        for address in &http {
            tracing::info!(%address, kind = "http", "listening");
        }
        Ok(Self { parts, policy, admin, front, proxy, http, drain, tasks, doors })
    }

    /// Puts the file's configuration in force for new sessions; a wrong one changes nothing and is told.
    pub(crate) async fn reload(&self, file: Option<&Path>) {
        let config = match Config::load(file) {
            Ok(config) => config,
            Err(error) => {
                tracing::error!("{error}; the configuration in force stays");
                return;
            }
        };
        let policy = self.parts.policy(&config, self.http.first().copied());
        match self.parts.post(&config, &policy) {
            Ok(post) => self.parts.outbox.reconfigure(post),
            Err(error) => return tracing::error!("{error}; the configuration in force stays"),
        }
        self.parts.ledger.reload(config.rules());
        self.front.reload(config.milter.clone());
        self.proxy.reload(config.proxy.clone());
        self.parts.telemetry.set_spam_score(config.score.spam);
        self.parts.judges.replace(self.parts.judge(&config, policy.clone()));
        self.admin.reload(site(&config, &self.parts.node));
        self.parts.end_monitoring(&policy).await;
        self.policy.store(Arc::new(policy));
        tracing::info!(
            summary = config.summary(),
            "the configuration was read again; [store], [http], [dns], [log], node.name and all listeners keep theirs until a restart"
        );
    }

    /// Drains: messages in progress end, then counters and blocks are written, then everything stops.
    pub(crate) async fn stop(mut self) {
        self.admin.readiness().start_draining();
        self.drain.send_replace(true);
        for door in self.doors.drain(..) {
            let _ = door.await;
        }
        self.tasks.drain(..).for_each(|task| task.abort());
        snapshot_now(&self.parts.ledger, &self.parts.writer, self.parts.clock.now()).await;
        if let Err(error) = self.parts.writer.flush().await {
            tracing::error!("not everything could be written: {error}");
        }
    }

    /// The first TCP address the milter listens on.
    pub(crate) fn milter_address(&self) -> Option<SocketAddr> {
        self.front.first_tcp()
    }

    /// The first address of the HTTP listener.
    pub(crate) fn http_address(&self) -> Option<SocketAddr> {
        self.http.first().copied()
    }

    /// One line for the service manager.
    pub(crate) fn status(&self) -> String {
        let policy = self.policy.load();
        let blocked = self.parts.ledger.blocked_len();
        format!("{} mode, milter on {}, {blocked} blocked", policy.mode, self.front.describe())
    }
}

impl Parts {
    fn start(config: &Config, http: Option<SocketAddr>) -> anyhow::Result<(Self, Outbox, Policy)> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let node = node_name(config);
        let telemetry = Arc::new(Telemetry::new(
            scoring::table::TABLE.iter().map(|row| row.name),
            config.score.spam,
            Arc::clone(&clock),
        )?);
        let events: Arc<dyn EventSink> = Arc::clone(&telemetry) as _;
        let store = Arc::new(SqliteStore::open(&config.store.path).with_context(|| unusable(&config.store.path))?);
        let shared: Arc<dyn Store> = Arc::clone(&store) as _;
        let policy_on_failure = config.store.on_failure;
        let writer = Writer::start(Arc::clone(&shared), Arc::clone(&clock), Arc::clone(&events), policy_on_failure)?;
        let writer = Arc::new(writer);
        let ledger = Arc::new(restored(config, &store, &*clock)?);
        let policy = policy(config, &node, http);
        let post = post(config, &node, &policy)?;
        let dns = Arc::new(Dns::new(&config.dns)?);
        let (outbox, handle) = Outbox::new(shared, Arc::clone(&clock), Arc::clone(&events), dns, post);
        let journal = Arc::new(StoreJournal { writer: Arc::clone(&writer), outbox: handle.clone() });
        let blocking = Blocking::new(journal, Arc::clone(&events));
        let first = judge(config, policy.clone(), &ledger, &blocking, &telemetry, &clock);
        let judges = Arc::new(Judges::new(first));
        let parts = Self { node, clock, telemetry, store, writer, ledger, blocking, judges, outbox: handle };
        metrics::register(&parts)?;
        Ok((parts, outbox, policy))
    }

    /// Refusals are real from here on: what monitor mode has blocked, with nobody told, is taken back.
    async fn end_monitoring(&self, policy: &Policy) {
        if policy.mode == Mode::Enforce {
            let pardoned = self.ledger.pardon_monitored(self.clock.now());
            self.blocking.apply(pardoned, policy).await;
        }
    }

    fn policy(&self, config: &Config, http: Option<SocketAddr>) -> Policy {
        policy(config, &self.node, http)
    }

    fn post(&self, config: &Config, in_force: &Policy) -> anyhow::Result<Post> {
        post(config, &self.node, in_force)
    }

    fn judge(&self, config: &Config, policy: Policy) -> Arc<dyn pipeline::Judge> {
        judge(config, policy, &self.ledger, &self.blocking, &self.telemetry, &self.clock)
    }

    fn desk(&self) -> Arc<Desk> {
        let store: Arc<dyn Store> = Arc::clone(&self.store) as _;
        let events: Arc<dyn EventSink> = Arc::clone(&self.telemetry) as _;
        Arc::new(Desk::new(Arc::clone(&self.ledger), store, self.blocking.journal(), events, Arc::clone(&self.clock)))
    }
}

fn judge(
    config: &Config,
    policy: Policy,
    ledger: &Arc<Ledger>,
    blocking: &Blocking,
    telemetry: &Arc<Telemetry>,
    clock: &Arc<dyn Clock>,
) -> Arc<dyn pipeline::Judge> {
    let engine = Engine::new(&config.score);
    let events: Arc<dyn EventSink> = Arc::clone(telemetry) as _;
    Arc::new(Reeve::new(policy, engine, Arc::clone(ledger), blocking.clone(), events, Arc::clone(clock)))
}

fn policy(config: &Config, node: &str, http: Option<SocketAddr>) -> Policy {
    Policy {
        mode: config.node.mode,
        node: node.to_owned(),
        score: config.score.clone(),
        identity: config.identity.clone(),
        blocks: config.blocks.clone(),
        link: link(config, http),
        on_store_failure: match config.store.on_failure {
            store::OnFailure::Continue => pipeline::OnFailure::Continue,
            store::OnFailure::Tempfail => pipeline::OnFailure::Tempfail,
        },
        on_scorer_failure: config.node.on_scorer_failure,
        alerts: config.alerts.enabled,
    }
}

/// The operator's link, else the public address, else the address really listened on (port 0 was asked for).
fn link(config: &Config, http: Option<SocketAddr>) -> String {
    match (config.blocks.link.as_str(), &config.http.public_url, http) {
        ("", None, Some(address)) => format!("http://{address}/b/{{ref}}"),
        ("", _, _) => config.http.link(),
        (link, _, _) => link.to_owned(),
    }
}

/// In monitor mode nobody is blocked, so customers aren't told that they are; operators are.
fn post(config: &Config, node: &str, policy: &Policy) -> anyhow::Result<Post> {
    let mut settings = config.alerts.clone();
    if policy.mode == Mode::Monitor {
        settings.notify_account = false;
        settings.subject = format!("[monitor mode: nothing is refused] {}", settings.subject);
    }
    let sentences = |mistakes: Vec<(String, String)>| {
        let lines: Vec<_> = mistakes.iter().map(|(option, sentence)| format!("{option}: {sentence}")).collect();
        anyhow::anyhow!(lines.join("; "))
    };
    Post::new(&settings, node, &policy.link).map_err(sentences)
}

/// Blocks, strikes and counters as they were written last.
fn restored(config: &Config, store: &SqliteStore, clock: &dyn Clock) -> anyhow::Result<Ledger> {
    let now = clock.now();
    let ledger = Ledger::new(config.rules(), entropy);
    let blocks = store.load_blocks(now.before(config.blocks.strike_memory))?;
    let counters = store.load_counters(now.before(config.store.keep_counters))?;
    let active = blocks.iter().filter(|block| block.is_active()).count();
    tracing::info!(blocks = active, counters = counters.len(), path = %config.store.path.display(), "state restored");
    ledger.restore(blocks, counters, now);
    Ok(ledger)
}

/// A socket that systemd opened and nobody serves would leave mail servers waiting for their time-outs.
fn all_claimed(inherited: InheritedSockets) -> anyhow::Result<()> {
    let Some(name) = inherited.into_keys().next() else { return Ok(()) };
    anyhow::bail!(
        "systemd handed in a socket \"{name}\" that nothing listens on: put \"systemd:{name}\" into a listen option"
    )
}

fn admin_state(config: &Config, parts: &Parts, front: &Front) -> AdminState {
    let mut readiness = Readiness::new(Arc::clone(&parts.clock));
    probes::register(&mut readiness, parts, front, config.store.on_failure);
    let clock = Arc::clone(&parts.clock);
    AdminState::new(parts.desk(), Arc::clone(&parts.telemetry), readiness, clock, site(config, &parts.node))
}

fn site(config: &Config, node: &str) -> Site {
    let monitor = config.node.mode == Mode::Monitor;
    Site { node: node.to_owned(), monitor, contact: config.blocks.contact.clone() }
}

/// The sockets named "http" that systemd handed in, else those of the configuration.
async fn listen_http(config: &Config, inherited: Option<Vec<Inherited>>) -> anyhow::Result<Vec<TcpListener>> {
    let Some(sockets) = inherited else { return Ok(admin::listen(&config.http).await?) };
    let adopt = |socket| match socket {
        Inherited::Tcp(listener) => {
            listener.set_nonblocking(true)?;
            Ok(TcpListener::from_std(listener)?)
        }
        Inherited::Unix(_) => Err(anyhow::anyhow!("the socket \"http\" that systemd handed in is not TCP")),
    };
    sockets.into_iter().map(adopt).collect()
}

async fn serve_http(
    config: &Config,
    listeners: Vec<TcpListener>,
    state: &Arc<AdminState>,
    draining: &watch::Receiver<bool>,
) -> anyhow::Result<Vec<JoinHandle<()>>> {
    let control = admin::listen_control(&control_socket(&config.store.path)).await?;
    let (settings, public) = (config.http.clone(), Arc::clone(state));
    let stop = drained(draining.clone());
    let http = tokio::spawn(async move { admin::serve(&settings, listeners, public, stop).await });
    let (settings, private) = (config.http.clone(), Arc::clone(state));
    let stop = drained(draining.clone());
    let control = tokio::spawn(async move { admin::serve_control(&settings, control, private, stop).await });
    Ok(vec![http, control])
}

async fn drained(mut draining: watch::Receiver<bool>) {
    // The sender lives as long as the app; its end is an end too.
    let _ = draining.wait_for(|stop| *stop).await;
}

/// Where the command line finds the daemon.
pub(crate) fn control_socket(store: &Path) -> PathBuf {
    store.join("control.sock")
}

fn unusable(path: &Path) -> String {
    format!("store.path {} can't be used", path.display())
}

fn node_name(config: &Config) -> String {
    let host = || std::fs::read_to_string("/proc/sys/kernel/hostname").map(|name| name.trim().to_owned());
    config
        .node
        .name
        .clone()
        .or_else(|| host().ok())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "localhost".into())
}
