//! Enforcement beyond SMTP: fed with the ledger's blocks, woken by events, shown in metrics and readiness.

use std::sync::Arc;

use admin::{PartState, Readiness};
use arc_swap::ArcSwap;
use console::Remark;
use enforcement::{Enforced, EnforcementSettings, Enforcer, EnforcerHandle, Figures, Memory, Noted};
use limits::{Ledger, Store};
use model::{Block, Event, EventSink, Kept, Shelf, SubjectKey};
use pipeline::{AdoptionCaller, Journal, Mode, Policy};
use telemetry::{MetricError, Telemetry};
use tokio::task::JoinHandle;

use super::parts::Parts;
use super::witness::Witness;

/// What is decided about blocks is told to telemetry and the journal, and wakes the enforcer and whoever looks for owners.
#[derive(Clone)]
pub(crate) struct Watchers {
    pub(crate) witness: Arc<Witness>,
    pub(crate) enforcer: EnforcerHandle,
    pub(crate) adoptions: AdoptionCaller,
}

impl EventSink for Watchers {
    fn emit(&self, event: &Event<'_>) {
        self.witness.emit(event);
        self.enforcer.emit(event);
        self.adoptions.emit(event);
    }
}

/// The running enforcer, when the configuration asks for one.
pub(crate) fn start(
    settings: &EnforcementSettings,
    parts: &Parts,
    policy: &Arc<ArcSwap<Policy>>,
) -> anyhow::Result<Option<JoinHandle<()>>> {
    if !settings.is_on() {
        return Ok(None);
    }
    let handle = &parts.watchers.enforcer;
    register(&parts.telemetry, handle)?;
    let enforced = enforced(Arc::clone(&parts.ledger), Arc::clone(policy));
    let (clock, events) = (Arc::clone(&parts.clock), Arc::clone(&parts.telemetry) as _);
    let enforcer = Enforcer::new(handle, settings.clone(), &parts.node, enforced, clock, events);
    let enforcer = enforcer.remembering(Arc::new(ToldInStore(parts.blocking.journal())), told(&*parts.store)?);
    Ok(Some(tokio::spawn(enforcer.run())))
}

/// What the command was told, on a shelf of the store: whom it knows as blocked.
struct ToldInStore(Arc<dyn Journal>);

impl Memory for ToldInStore {
    fn note(&self, block: &Block) -> Noted {
        // Strings and numbers only: it can't fail.
        let record = serde_json::to_vec(block).unwrap_or_default();
        let kept = Kept { shelf: Shelf::Enforced, name: block.subject.to_string(), at: block.since, record };
        let written = self.0.keep(kept);
        // A failing store is told by the journal, which tries again; the command does not wait for it.
        Box::pin(async { drop(written.await) })
    }

    fn forget(&self, subject: &SubjectKey) -> Noted {
        let written = self.0.forget(Shelf::Enforced, subject.to_string());
        Box::pin(async { drop(written.await) })
    }
}

/// The blocks that the command was told of by earlier processes. What can't be read is left out.
fn told(store: &dyn Store) -> Result<Vec<Block>, limits::StoreError> {
    let kept = store.load_kept(Shelf::Enforced)?;
    Ok(kept.iter().filter_map(|kept| serde_json::from_slice(&kept.record).ok()).collect())
}

/// What is to be enforced: whom SMTP refuses, so nobody in monitor mode. This host's own programs have no address that
/// anything beyond SMTP could stop.
fn enforced(ledger: Arc<Ledger>, policy: Arc<ArcSwap<Policy>>) -> Enforced {
    Box::new(move || match policy.load().mode {
        Mode::Enforce => {
            let mut blocks = ledger.active_blocks();
            blocks.retain(|block| !block.subject.is_this_host());
            blocks
        }
        Mode::Monitor => Vec::new(),
    })
}

/// What /readyz says of it; nothing while it is off.
pub(crate) fn probe(readiness: &mut Readiness, settings: &EnforcementSettings, parts: &Parts) {
    let told = |part: &'static str, works: fn(&Figures) -> Remark| {
        let (telemetry, handle) = (Arc::clone(&parts.telemetry), parts.watchers.enforcer.clone());
        move || match telemetry.degradation(part) {
            None => PartState::working([works(&handle.figures())]),
            Some(failing) => {
                PartState::degraded([Remark::Failed(failing.error), Remark::SmtpRefuses]).since(failing.since)
            }
        }
    };
    if settings.nftables {
        let works = |figures: &Figures| Remark::AddressesInSets(figures.elements);
        readiness.probe("nftables", false, told("nftables", works));
    }
    if !settings.command.is_empty() {
        let works = |figures: &Figures| Remark::CommandsOpen(figures.open_commands);
        readiness.probe("enforcement_command", false, told("enforcement_command", works));
    }
}

/// The enforcer's figures, read at each scrape.
fn register(telemetry: &Telemetry, handle: &EnforcerHandle) -> Result<(), MetricError> {
    let enforcer = handle.clone();
    let help = "Addresses and networks that are in the nftables sets.";
    telemetry.register_gauge("portreeve_enforced_addresses", help, move || enforcer.figures().elements as f64)?;
    let enforcer = handle.clone();
    let help = "Times the nftables sets were brought up to date or looked at, by result.";
    telemetry.register_counters("portreeve_nftables_looks_total", help, "result", move || {
        let figures = enforcer.figures();
        let failed = figures.failed_looks;
        vec![("worked", figures.looks.saturating_sub(failed) as f64), ("failed", failed as f64)]
    })?;
    let enforcer = handle.clone();
    let help = "Commands that tell of a block or release and wait or run.";
    telemetry
        .register_gauge("portreeve_enforcement_commands", help, move || enforcer.figures().open_commands as f64)?;
    let enforcer = handle.clone();
    let help =
        "Runs of the enforcement command by outcome; one that failed is run again, one that was given up is not.";
    telemetry.register_counters("portreeve_enforcement_commands_total", help, "outcome", move || {
        let figures = enforcer.figures();
        vec![("told", figures.told as f64), ("failed", figures.failed as f64), ("given_up", figures.given_up as f64)]
    })
}
