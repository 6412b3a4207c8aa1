//! The daemon put together: every part started in the order it is needed, and stopped in the reverse.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use access::Gate;
use admin::{AdminState, Readiness, Services, Site};
use arc_swap::ArcSwap;
use diagnostics::Diagnoses;
use frontends::{Inherited, InheritedSockets};
use pipeline::{Mode, Policy, Reports, Tickets};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::console::{ConsoleDoor, minutes};
use super::diagnoses;
use super::drain::drained;
use super::enforcement;
use super::entrances::{self, Entrance};
use super::front::Front;
use super::housekeeping::{Housekeeping, keep_now, snapshot_now};
use super::loads;
use super::native::NativeDoor;
use super::parts::Parts;
use super::probes;
use super::proxy::ProxyDoor;
use super::replies::ReplyDoor;
use super::web::{WebDoor, forget, sum_guesses};
use crate::config::Config;

/// How exactly it is known since when a part is as it is.
const LOOK: Duration = Duration::from_secs(10);

/// A running daemon.
pub(crate) struct App {
    parts: Parts,
    policy: Arc<ArcSwap<Policy>>,
    admin: Arc<AdminState>,
    front: Front,
    proxy: ProxyDoor,
    replies: ReplyDoor,
    web: WebDoor,
    console: ConsoleDoor,
    native: NativeDoor,
    http: Vec<SocketAddr>,
    /// By which ways mail comes in, in words.
    ways_in: String,
    /// Files beside the configuration that are looked at.
    watched: Vec<PathBuf>,
    drain: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    doors: Vec<JoinHandle<()>>,
}

impl App {
    /// Starts everything. When this returns, every listener listens and blocks are enforced.
    pub(crate) async fn start(config: Config, mut inherited: InheritedSockets) -> anyhow::Result<Self> {
        let http_listeners = listen_http(&config, inherited.remove("http")).await?;
        let http: Vec<_> = http_listeners.iter().filter_map(|listener| listener.local_addr().ok()).collect();
        let (parts, outbox) = Parts::start(&config, http.first().copied())?;
        let policy = Arc::clone(&parts.in_force);
        parts.end_monitoring(&policy.load()).await;
        let (front, listeners) = Front::bind(&config.milter, &parts, &mut inherited).await?;
        let (proxy, proxy_listeners) = ProxyDoor::bind(&config, &parts, &mut inherited).await?;
        let (replies, reply_listeners) = ReplyDoor::bind(&config, &parts, &mut inherited).await?;
        let (web, web_listeners) = WebDoor::bind(&config, &parts, &mut inherited).await?;
        all_claimed(inherited)?;
        let ways = ways_in(&config, &front, &proxy);
        let ways_in = entrances::describe(&ways);
        let admin = Arc::new(admin_state(&config, &parts, &proxy, ways));
        let console = ConsoleDoor::new(&config, &parts, &admin);
        let native = NativeDoor::new(&config, &parts, &admin, web.base());
        let (drain, draining) = watch::channel(false);
        let mut doors = vec![front.serve(listeners, draining.clone()), proxy.serve(proxy_listeners, draining.clone())];
        doors.push(replies.serve(reply_listeners, draining.clone()));
        doors.push(web.serve(web_listeners, &admin, (&console, &native), draining.clone()));
        doors.push(super::scan::serve(&config, &parts, &policy, draining.clone()).await?);
        doors.extend(serve_http(&config, http_listeners, &admin, &draining).await?);
        let housekeeping = Housekeeping {
            ledger: Arc::clone(&parts.ledger),
            recall: Arc::clone(&parts.recall),
            writer: Arc::clone(&parts.writer),
            blocking: parts.blocking.clone(),
            logins: Arc::clone(&parts.logins),
            policy: Arc::clone(&policy),
            clock: Arc::clone(&parts.clock),
            reports: Arc::clone(&parts.reports),
        };
        let names = Arc::clone(&parts.names);
        let mut tasks = vec![
            tokio::spawn(housekeeping.run(config.store.clone())),
            tokio::spawn(outbox.run()),
            tokio::spawn(parts.adoptions().run()),
            tokio::spawn(parts.webhooks.clone().run()),
            tokio::spawn(Arc::clone(&parts.changes).follow(Arc::clone(&parts.store) as _, parts.webhooks.happened())),
            tokio::spawn(forget(Arc::clone(&parts.gate))),
            tokio::spawn(sum_guesses(Arc::clone(&parts.gate))),
            tokio::spawn(look(Arc::clone(&admin))),
            tokio::spawn(minutes(Arc::clone(&parts.telemetry), Arc::clone(&parts.clock))),
            tokio::spawn(lookups::watch_own_addresses(move || names.reputation())),
        ];
        tasks.extend(enforcement::start(&config.enforcement, &parts, &policy)?);
        for address in &http {
            tracing::info!(%address, kind = "http", "listening");
        }
        let watched = config.watched();
        Ok(Self {
            parts,
            policy,
            admin,
            front,
            proxy,
            replies,
            web,
            console,
            native,
            http,
            ways_in,
            watched,
            drain,
            tasks,
            doors,
        })
    }

    /// Puts the file's configuration in force for new sessions; a wrong one changes nothing and is told.
    pub(crate) async fn reload(&mut self, file: Option<&Path>) {
        let config = match Config::load_to_serve(file) {
            Ok(config) => config,
            Err(error) => {
                tracing::error!("{error}; the configuration in force stays");
                return self.parts.loads.wrong(&error.first());
            }
        };
        super::warn(&config);
        match self.take(&config).await {
            Ok(()) => self.parts.loads.good(),
            Err(error) => self.parts.loads.wrong(&error),
        }
    }

    /// # Errors
    /// What can't be put in force, told in the log already. When it is letters or webhooks, nothing is.
    async fn take(&mut self, config: &Config) -> Result<(), String> {
        let policy = self.parts.policy(config, self.http.first().copied());
        let post = self.parts.post(config, &policy).map_err(refused)?;
        self.parts.tell(config, &policy).map_err(refused)?;
        self.parts.outbox.reconfigure(post);
        self.parts.take_customers(config);
        self.parts.ledger.reload(config.rules_over(self.parts.registry.live()));
        self.parts.logins.reload(&config.lockout);
        let doors = self.reload_doors(config);
        self.parts.telemetry.set_spam_score(config.score.spam);
        self.parts.witness.began(config);
        self.parts.judges.replace(self.parts.judge(config, policy.clone()));
        self.parts.diagnoses.reload(diagnoses::tools(config, &self.parts));
        self.parts.reports.reload(config.report_rules());
        self.admin.reload(site(config, &self.parts.node));
        self.parts.end_monitoring(&policy).await;
        self.policy.store(Arc::new(policy));
        self.watched = config.watched();
        self.parts.certificates.store(Arc::new(config.certificates.clone()));
        // The mode and who is allow-listed decide whom enforcement stops.
        self.parts.watchers.enforcer.wake();
        tracing::info!(
            summary = config.summary(),
            "the configuration was read again; [store], [http], [dns], [directory], [enforcement], [clamav], [spamd], [rspamd], [journal], [log], [recall], node.name and all listeners keep theirs until a restart"
        );
        doors
    }

    /// # Errors
    /// The first door that keeps some of what it had.
    fn reload_doors(&mut self, config: &Config) -> Result<(), String> {
        self.front.reload(config.milter.clone());
        let proxy = self.proxy.reload(config);
        self.replies.reload(config, &self.parts);
        self.parts.gate.reload(&config.web);
        let web = self.web.reload(config);
        self.console.reload(config, &self.parts.node);
        self.native.reload(config);
        proxy.and(web)
    }

    /// Drains: messages in progress end, then counters and blocks are written, then everything stops.
    pub(crate) async fn stop(mut self) {
        self.admin.readiness().start_draining();
        self.drain.send_replace(true);
        self.parts.changes.close();
        for door in self.doors.drain(..) {
            let _ = door.await;
        }
        self.tasks.drain(..).for_each(|task| task.abort());
        let now = self.parts.clock.now();
        snapshot_now(&self.parts.ledger, &self.parts.writer, now).await;
        keep_now(&self.parts.recall, &self.parts.writer, now).await;
        if let Err(error) = self.parts.gate.close() {
            tracing::error!("sums of guesses can't be written to the audit log: {error}");
        }
        if let Err(error) = self.parts.writer.flush().await {
            tracing::error!("not everything could be written: {error}");
        }
    }

    /// Files whose change is a configuration to be read again.
    pub(crate) fn watched(&self) -> Vec<PathBuf> {
        self.watched.clone()
    }

    /// The first TCP address the milter listens on.
    pub(crate) fn milter_address(&self) -> Option<SocketAddr> {
        self.front.first_tcp()
    }

    /// The first address of the HTTP listener.
    pub(crate) fn http_address(&self) -> Option<SocketAddr> {
        self.http.first().copied()
    }

    /// Who is let in.
    pub(crate) fn gate(&self) -> &Gate {
        &self.parts.gate
    }

    /// The tickets.
    pub(crate) fn tickets(&self) -> Arc<Tickets> {
        self.parts.tickets()
    }

    /// Reports of messages flagged by mistake.
    pub(crate) fn reports(&self) -> &Reports {
        &self.parts.reports
    }

    /// Diagnoses.
    pub(crate) fn diagnoses(&self) -> &Diagnoses {
        &self.parts.diagnoses
    }

    /// One line for the service manager.
    pub(crate) fn status(&self) -> String {
        let policy = self.policy.load();
        let blocked = self.parts.ledger.blocked_len();
        format!("{} mode, {}, {blocked} blocked", policy.mode, self.ways_in)
    }
}

/// Tells what keeps a configuration from being taken at all.
fn refused(error: anyhow::Error) -> String {
    let error = format!("{error:#}");
    tracing::error!("{error}; the configuration in force stays");
    error
}

/// A socket that systemd opened and nobody serves would leave mail servers waiting for their time-outs.
fn all_claimed(inherited: InheritedSockets) -> anyhow::Result<()> {
    let Some(name) = inherited.into_keys().next() else { return Ok(()) };
    anyhow::bail!(
        "systemd handed in a socket \"{name}\" that nothing listens on: put \"systemd:{name}\" into a listen option"
    )
}

fn ways_in(config: &Config, front: &Front, proxy: &ProxyDoor) -> Vec<Entrance> {
    let mut all = vec![front.entrance()];
    all.extend(proxy.entrances());
    all.push(super::scan::entrance(config));
    all
}

/// What is known of the parts is asked for now and then, so that it is known since when they are as they are.
async fn look(admin: Arc<AdminState>) {
    let mut timer = tokio::time::interval(LOOK);
    loop {
        timer.tick().await;
        admin.readiness().report();
    }
}

fn admin_state(config: &Config, parts: &Parts, proxy: &ProxyDoor, ways_in: Vec<Entrance>) -> AdminState {
    let mut readiness = Readiness::new(Arc::clone(&parts.clock));
    entrances::probe(&mut readiness, ways_in);
    proxy.probe(&mut readiness, &parts.telemetry);
    probes::register(&mut readiness, parts, config.store.on_failure);
    loads::probe(&mut readiness, &parts.loads);
    enforcement::probe(&mut readiness, &config.enforcement, parts);
    parts.scanners.probe(&mut readiness, &parts.telemetry);
    super::owners::probe(&mut readiness, parts);
    super::webhooks::probe(&mut readiness, &parts.webhooks);
    parts.replies.probe(&mut readiness, &config.lmtp, &parts.telemetry);
    let clock = Arc::clone(&parts.clock);
    let services = Services {
        tickets: parts.tickets(),
        by_hand: parts.by_hand(),
        standings: parts.standings(),
        fingerprints: parts.fingerprints(),
        lessons: Arc::clone(&parts.lessons),
        logins: Arc::clone(&parts.logins),
        search: Arc::clone(&parts.search),
        reply_keys: parts.replies.keys(),
        diagnoses: Arc::clone(&parts.diagnoses),
        webhooks: Some(parts.webhooks.clone()),
        reports: Some(Arc::clone(&parts.reports)),
        customers: Some(Arc::clone(&parts.registry)),
        gate: Arc::clone(&parts.gate),
        outbox: Some(parts.outbox.clone()),
    };
    AdminState::new(services, Arc::clone(&parts.telemetry), readiness, clock, site(config, &parts.node))
}

fn site(config: &Config, node: &str) -> Site {
    let monitor = config.node.mode == Mode::Monitor;
    let (contact, ladder) = (config.blocks.contact.clone(), config.blocks.ladder.clone());
    Site { node: node.to_owned(), monitor, contact, ladder }
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

/// Where the command line finds the daemon.
pub(crate) fn control_socket(store: &Path) -> PathBuf {
    store.join("control.sock")
}
