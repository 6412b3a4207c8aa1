//! The parts that outlive a configuration, and what a configuration makes of them.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use access::Gate;
use alerts::{Concern, Outbox, OutboxHandle, Post, Surroundings};
use anyhow::Context;
use arc_swap::ArcSwap;
use customers::LiveDirectory;
use customers::registry::Registry;
use customers::report::ReportStore;
use diagnostics::Diagnoses;
use enforcement::EnforcerHandle;
use limits::{Ledger, Store};
use lookups::{Dns, Health};

use ::owners::Provider;
use model::{Clock, EventSink};
use pipeline::{
    AdoptionCaller, Adoptions, Allowances, Blocking, ByHand, Desk, Exemptions, Fingerprints, Inquirer, Judges, Lessons,
    Live, Logins, Mode, Pardons, Policy, Reached, Reeve, Reports, Search, Standings, Tickets,
};
use recall::Recall;
use scoring::Engine;
use store::{SqliteStore, Writer};
use telemetry::Telemetry;
use webhooks::Webhooks;

use super::diagnoses;
use super::enforcement::Watchers;
use super::inquiries::Names;
use super::journal::StoreJournal;
use super::loads::Loads;
use super::memory;
use super::metrics;
use super::owners;
use super::policy::policy;
use super::replies::Replies;
use super::scanners::Panel;
use super::webhooks as hooks;
use super::witness::Witness;
use crate::clock::{SystemClock, entropy};
use crate::config::{Config, Expiry};

/// What outlives a configuration.
pub(crate) struct Parts {
    pub(crate) node: String,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) telemetry: Arc<Telemetry>,
    pub(crate) witness: Arc<Witness>,
    pub(crate) loads: Arc<Loads>,
    /// Until when the certificates in force are good.
    pub(crate) certificates: Arc<ArcSwap<Vec<Expiry>>>,
    pub(crate) store: Arc<SqliteStore>,
    pub(crate) writer: Arc<Writer>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) recall: Arc<Recall>,
    pub(crate) blocking: Blocking,
    /// What the configuration in force demands.
    pub(crate) in_force: Arc<ArcSwap<Policy>>,
    pub(crate) logins: Arc<Logins>,
    pub(crate) registry: Arc<Registry>,
    pub(crate) provider: Option<Arc<Provider>>,
    pub(crate) search: Arc<Search>,
    pub(crate) lessons: Arc<Lessons>,
    pub(crate) exemptions: Arc<Exemptions>,
    pub(crate) judges: Arc<Judges>,
    pub(crate) reports: Arc<Reports>,
    pub(crate) outbox: OutboxHandle,
    pub(crate) webhooks: Webhooks,
    pub(crate) watchers: Watchers,
    pub(crate) names: Arc<Names>,
    pub(crate) replies: Replies,
    pub(crate) scanners: Panel,
    pub(crate) gate: Arc<Gate>,
    pub(crate) diagnoses: Arc<Diagnoses>,
    pub(crate) changes: Arc<Live>,
}

impl Parts {
    pub(crate) fn start(config: &Config, http: Option<SocketAddr>) -> anyhow::Result<(Self, Outbox)> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let node = node_name(config);
        let telemetry = Arc::new(Telemetry::new(config.signal_names(), config.score.spam, Arc::clone(&clock))?);
        let watchers: Arc<dyn EventSink> = Arc::clone(&telemetry) as _;
        let recorder = journal::Recorder::open(&config.journal, entropy(), Arc::clone(&clock), watchers)?;
        let changes = Arc::new(Live::new(run()));
        let witness = Arc::new(Witness::new(Arc::clone(&telemetry), recorder));
        witness.began(config);
        let events: Arc<dyn EventSink> = Arc::clone(&witness) as _;
        let store = Arc::new(SqliteStore::open(&config.store.path).with_context(|| unusable(&config.store.path))?);
        let shared: Arc<dyn Store> = Arc::clone(&store) as _;
        let policy_on_failure = config.store.on_failure;
        let writer = Writer::start(shared, Arc::clone(&clock), Arc::clone(&events), policy_on_failure)?;
        let writer = Arc::new(writer);
        let watchers = Watchers {
            witness: Arc::clone(&witness),
            enforcer: EnforcerHandle::default(),
            adoptions: AdoptionCaller::default(),
        };
        let provider = owners::started(config, &clock, Arc::new(watchers.clone()))?;
        let base = owners::base(config, provider.as_ref());
        let registry = Arc::new(memory::registry(config, base, &store, &clock)?);
        let live = registry.live();
        let ledger = Arc::new(memory::restored(config, &live, &store, &*clock)?);
        let recall = Arc::new(memory::remembered(config, &store)?);
        let policy = policy(config, &node, http);
        let replies = Replies::start(config)?;
        let gate = Arc::new(memory::gate(config, &store, &clock, &events)?);
        let post = post(config, &node, &policy, &gate, &live)?.with_replies(replies.mailbox(&config.lmtp));
        let dns = Arc::new(Dns::new(&config.dns, Arc::clone(&clock))?);
        let health = Arc::new(Health::new(Arc::clone(&events), Arc::clone(&clock)));
        let names = Arc::new(Names::new(config, Arc::clone(&dns), health));
        let webhooks = webhooks(config, &policy, &store, &clock, &events, &live)?;
        let around = surroundings(&ledger, &telemetry, &webhooks);
        let (kept, told) = (Arc::clone(&store) as _, Arc::clone(&events));
        let (outbox, handle) = Outbox::new(kept, Arc::clone(&clock), told, dns, post, around);
        let (woken, written) = (handle.clone(), Arc::clone(&writer));
        let journal = Arc::new(StoreJournal { writer: written, outbox: woken, webhooks: webhooks.clone() });
        let blocking = Blocking::new(journal, Arc::new(watchers.clone()));
        let logins = Arc::new(memory::logins(config, (&store, &writer, &webhooks), &ledger, &blocking, &clock)?);
        let scanners = Panel::new(config, &clock, &events);
        scanners.register(&telemetry)?;
        let asked = asked(&names, &scanners);
        let lessons = Arc::new(memory::lessons(&config.store.path)?);
        let first = judge(configured(config, &lessons), policy.clone(), &ledger, &blocking, &events, &clock, asked);
        let found = Arc::clone(&store) as _;
        let search = Arc::new(Search::new(Arc::clone(&ledger), found, live.clone()));
        let exemptions = memory::exemptions(&store, &*clock)?;
        let first = first
            .remembering(Arc::clone(&recall))
            .counting_logins(Arc::clone(&logins))
            .exempting(Arc::clone(&exemptions));
        let judges = Arc::new(Judges::new(Arc::new(first)));
        let wake = waking(&handle, &webhooks);
        let desk = desk(&ledger, &store, &blocking, &watchers, &clock);
        let reports =
            reports(config, (&store, &judges, &clock), (desk, &lessons, &recall, &blocking, &exemptions), wake);
        let diagnoses = diagnoses::start(config, &names, &ledger, &store, &logins, &events, live)?;
        diagnoses::tell(&diagnoses, &changes);
        let loads = Arc::new(Loads::new(Arc::clone(&clock), events));
        let parts = Self {
            node,
            clock,
            telemetry,
            witness,
            loads,
            certificates: Arc::new(ArcSwap::from_pointee(config.certificates.clone())),
            store,
            writer,
            ledger,
            recall,
            blocking,
            in_force: Arc::new(ArcSwap::from_pointee(policy)),
            logins,
            registry,
            provider,
            search,
            lessons,
            exemptions,
            judges,
            reports,
            outbox: handle,
            webhooks,
            watchers,
            names,
            replies,
            scanners,
            gate,
            diagnoses,
            changes,
        };
        metrics::register(&parts)?;
        Ok((parts, outbox))
    }

    /// Refusals are real from here on: what monitor mode has blocked, with nobody told, is taken back.
    pub(crate) async fn end_monitoring(&self, policy: &Policy) {
        if policy.mode == Mode::Enforce {
            let now = self.clock.now();
            let pardon = |ledger: &Ledger| self.blocking.hand_over(ledger.pardon_monitored(now), policy);
            let pardoned = self.ledger.changing(pardon);
            self.blocking.settle(pardoned, policy).await;
        }
    }

    pub(crate) fn policy(&self, config: &Config, http: Option<SocketAddr>) -> Policy {
        policy(config, &self.node, http)
    }

    pub(crate) fn post(&self, config: &Config, in_force: &Policy) -> anyhow::Result<Post> {
        Ok(post(config, &self.node, in_force, &self.gate, &self.registry.live())?
            .with_replies(self.replies.mailbox(&config.lmtp)))
    }

    /// Takes up the customers of a configuration's file.
    pub(crate) fn take_customers(&self, config: &Config) {
        let unused = self.registry.reload(owners::base(config, self.provider.as_ref()), config.rule_names());
        told_of_unused(unused);
    }

    /// Tells the receivers of a configuration from now on.
    pub(crate) fn tell(&self, config: &Config, in_force: &Policy) -> anyhow::Result<()> {
        let (receivers, teller) = hooks::configured(config, in_force, &self.registry.live())?;
        Ok(self.webhooks.configure(receivers, teller)?)
    }

    pub(crate) fn judge(&self, config: &Config, policy: Policy) -> Arc<dyn pipeline::Judge> {
        self.names.reload(config);
        let events: Arc<dyn EventSink> = Arc::clone(&self.witness) as _;
        let own = configured(config, &self.lessons);
        let reeve =
            judge(own, policy, &self.ledger, &self.blocking, &events, &self.clock, asked(&self.names, &self.scanners));
        let reeve = reeve.remembering(Arc::clone(&self.recall)).counting_logins(Arc::clone(&self.logins));
        Arc::new(reeve.exempting(Arc::clone(&self.exemptions)))
    }

    pub(crate) fn fingerprints(&self) -> Arc<Fingerprints> {
        fingerprints(&self.recall, &self.blocking, &self.clock)
    }

    /// What the APIs do; `base` is what addresses of theirs begin with.
    pub(crate) fn office(&self, config: &Config, base: String) -> api::Office {
        let tickets = self.tickets();
        let addresses = Arc::new(pipeline::Addresses::new(tickets.desk(), Arc::clone(&self.store) as _));
        let passwords = Arc::new(api::Passwords::new(&config.web, tickets.desk(), Arc::clone(&self.clock)));
        let (gate, diagnoses) = (Arc::clone(&self.gate), Arc::clone(&self.diagnoses));
        let office = api::Office::new(gate, tickets, addresses, diagnoses, passwords, self.registry.live(), base);
        office.reload(config.lockout.clone());
        office
    }

    /// Finds the owners of blocks that began without.
    pub(crate) fn adoptions(&self) -> Adoptions {
        let (ledger, policy, clock) = (Arc::clone(&self.ledger), Arc::clone(&self.in_force), Arc::clone(&self.clock));
        let caller = self.watchers.adoptions.clone();
        Adoptions::new(ledger, self.registry.live(), self.blocking.clone(), policy, clock, caller)
    }

    /// Blocks that operators begin.
    pub(crate) fn by_hand(&self) -> Arc<ByHand> {
        let (ledger, blocking) = (Arc::clone(&self.ledger), self.blocking.clone());
        Arc::new(ByHand::new(ledger, blocking, Arc::clone(&self.in_force), Arc::clone(&self.clock)))
    }

    /// How anybody stands.
    pub(crate) fn standings(&self) -> Arc<Standings> {
        let (ledger, logins) = (Arc::clone(&self.ledger), Arc::clone(&self.logins));
        Arc::new(Standings::new(ledger, logins, Arc::clone(&self.clock)))
    }

    pub(crate) fn tickets(&self) -> Arc<Tickets> {
        let desk = desk(&self.ledger, &self.store, &self.blocking, &self.watchers, &self.clock);
        let wake = waking(&self.outbox, &self.webhooks);
        let tickets = Tickets::new(desk, Arc::clone(&self.store) as _, Arc::clone(&self.clock), wake);
        Arc::new(tickets.on_node(&self.node))
    }
}

/// Tells those who write to people and programs that there may be something to write.
fn waking(outbox: &OutboxHandle, webhooks: &Webhooks) -> impl Fn() + Clone + Send + Sync + 'static {
    let (outbox, webhooks) = (outbox.clone(), webhooks.clone());
    move || {
        outbox.wake();
        webhooks.wake();
    }
}

fn desk(
    ledger: &Arc<Ledger>,
    store: &Arc<SqliteStore>,
    blocking: &Blocking,
    watchers: &Watchers,
    clock: &Arc<dyn Clock>,
) -> Arc<Desk> {
    let (store, events) = (Arc::clone(store) as _, Arc::new(watchers.clone()));
    Arc::new(Desk::new(Arc::clone(ledger), store, blocking.journal(), events, Arc::clone(clock)))
}

fn fingerprints(recall: &Arc<Recall>, blocking: &Blocking, clock: &Arc<dyn Clock>) -> Arc<Fingerprints> {
    Arc::new(Fingerprints::new(Arc::clone(recall), blocking.journal(), Arc::clone(clock)))
}

type Taught<'p> = (Arc<Desk>, &'p Arc<Lessons>, &'p Arc<Recall>, &'p Blocking, &'p Arc<Exemptions>);

fn reports(
    config: &Config,
    (store, judges, clock): (&Arc<SqliteStore>, &Arc<Judges>, &Arc<dyn Clock>),
    (desk, lessons, recall, blocking, exemptions): Taught<'_>,
    wake: impl Fn() + Clone + Send + Sync + 'static,
) -> Arc<Reports> {
    let store: Arc<dyn ReportStore> = Arc::clone(store) as _;
    let pardons = Pardons::new(Arc::clone(&store), Arc::clone(exemptions), Arc::clone(clock), Arc::clone(judges))
        .waking(wake.clone());
    let reached = Reached {
        desk,
        lessons: Arc::clone(lessons),
        fingerprints: fingerprints(recall, blocking, clock),
        pardons: Arc::new(pardons),
    };
    let rules = config.report_rules();
    let reports = Reports::new(store, Arc::clone(judges), reached, Arc::clone(clock), rules, wake);
    Arc::new(reports)
}

/// What a configuration makes of a judge's own parts.
fn configured(config: &Config, lessons: &Lessons) -> (Engine, Allowances) {
    let engine = config.engine().with_learned(lessons.learned());
    (engine, Allowances::new(&config.allowances))
}

/// What letters tell beside what is on disk.
fn surroundings(ledger: &Arc<Ledger>, telemetry: &Arc<Telemetry>, webhooks: &Webhooks) -> Surroundings {
    let (ledger, telemetry, webhooks) = (Arc::clone(ledger), Arc::clone(telemetry), webhooks.clone());
    Surroundings {
        current: Box::new(move |block| {
            let live = ledger.block(&block.subject).filter(|live| live.reference == block.reference);
            live.map_or(block.clone(), |live| model::Block { attempts: live.attempts, ..block })
        }),
        concerns: Box::new(move || {
            let failing = telemetry.degradations().into_iter();
            failing.map(|(part, failing)| Concern { part: part.into(), sentence: failing.error }).collect()
        }),
        dead_events: Box::new(move || webhooks.figures().dead),
    }
}

/// The webhooks, which miss nothing of what happens from here on.
fn webhooks(
    config: &Config,
    policy: &Policy,
    store: &Arc<SqliteStore>,
    clock: &Arc<dyn Clock>,
    events: &Arc<dyn EventSink>,
    live: &LiveDirectory,
) -> anyhow::Result<Webhooks> {
    let (receivers, teller) = hooks::configured(config, policy, live)?;
    let (store, clock, events) = (Arc::clone(store) as _, Arc::clone(clock), Arc::clone(events));
    let webhooks = Webhooks::new(store, clock, events, teller.clone());
    webhooks.configure(receivers, teller)?;
    Ok(webhooks)
}

/// Who is asked about a message before it is scored.
fn asked(names: &Names, scanners: &Panel) -> Vec<Arc<dyn Inquirer>> {
    names.inquirers().into_iter().chain(scanners.inquirers()).collect()
}

fn judge(
    (engine, allowances): (Engine, Allowances),
    policy: Policy,
    ledger: &Arc<Ledger>,
    blocking: &Blocking,
    events: &Arc<dyn EventSink>,
    clock: &Arc<dyn Clock>,
    asked: Vec<Arc<dyn Inquirer>>,
) -> Reeve {
    let reeve = Reeve::new(policy, engine, Arc::clone(ledger), blocking.clone(), Arc::clone(events), Arc::clone(clock));
    reeve.asking(asked).allowing(allowances)
}

fn post(config: &Config, node: &str, policy: &Policy, gate: &Arc<Gate>, live: &LiveDirectory) -> anyhow::Result<Post> {
    let sentences = |mistakes: Vec<(String, String)>| {
        let lines: Vec<_> = mistakes.iter().map(|(option, sentence)| format!("{option}: {sentence}")).collect();
        anyhow::anyhow!(lines.join("; "))
    };
    let post = Post::new(&config.alerts, node, &policy.link).map_err(sentences)?;
    let post = with_pages(post.with_customers(live.clone()).with_ladder(config.blocks.ladder.clone()), config, gate);
    Ok(if policy.mode == Mode::Monitor { post.in_monitor_mode() } else { post })
}

/// Letters lead to the customer's own page where he can reach it.
fn with_pages(post: Post, config: &Config, gate: &Arc<Gate>) -> Post {
    if config.web.public_url.is_none() {
        return post;
    }
    let (gate, base) = (Arc::clone(gate), config.web.base(None));
    post.with_links(move |block| Some(format!("{base}/console/case/{}", gate.link_to(block)?)))
}

fn told_of_unused(customers: usize) {
    if customers > 0 {
        tracing::warn!(
            customers,
            "customers of the store can't be used as they are written, most likely because the file says otherwise; \
             `portreeve customers list` marks them"
        );
    }
}

/// A number that no earlier process had, so that places in its live changes are not taken for ours.
fn run() -> u64 {
    u64::try_from(entropy() & u128::from(u64::MAX)).unwrap_or_default()
}

fn unusable(path: &Path) -> String {
    format!("store.path {} can't be used", path.display())
}

pub(crate) fn node_name(config: &Config) -> String {
    let host = || std::fs::read_to_string("/proc/sys/kernel/hostname").map(|name| name.trim().to_owned());
    config
        .node
        .name
        .clone()
        .or_else(|| host().ok())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "localhost".into())
}
