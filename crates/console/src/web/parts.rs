//! What the console is made from. Shared by all requests.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use access::{Action, Actor, Gate};
use alerts::OutboxHandle;
use arc_swap::ArcSwap;
use customers::Customer;
use customers::registry::Registry;
use customers::ticket::TicketState;
use diagnostics::Diagnoses;
use limits::{Archive, Holdings, Ledger};
use model::{Clock, SubjectKey, Timestamp};
use pipeline::{Desk, Logins, Reports, Search, Tickets};
use recall::Recall;
use telemetry::Telemetry;
use tokio::sync::Semaphore;
use webhooks::Webhooks;

use super::fault::Fault;
use crate::render::Pages;
use crate::view::{HealthPart, SettingsTable};

/// How old a count in the rail may be.
const FRESH: Duration = Duration::from_secs(5);
/// More open tickets are not counted.
const MOST_TICKETS: usize = 500;
/// Heavy things that strangers ask for are done so many at a time.
const TURNS: usize = 2;

/// What an operator has set. A reload replaces it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Site {
    /// The node's name.
    pub node: String,
    /// Whether refusals are only noted.
    pub monitor: bool,
    /// Whom a customer may ask, as a sentence; empty for nobody.
    pub contact: String,
    /// How long blocks last, by their step.
    pub ladder: Vec<Duration>,
    /// The spam score.
    pub spam: i32,
    /// The configuration in force.
    pub settings: Arc<Vec<SettingsTable>>,
}

/// Who owns a subject.
pub type Owners = dyn Fn(&SubjectKey) -> Arc<Customer> + Send + Sync;
/// Says what a service owns; `None` when there is no such service.
pub type Holders = dyn Fn(&str) -> Option<Holdings> + Send + Sync;
/// How the parts of the daemon do.
pub type Health = dyn Fn() -> Vec<HealthPart> + Send + Sync;

/// What the daemon hands in.
pub struct Parts {
    /// Who is let in.
    pub gate: Arc<Gate>,
    /// The tickets, and the desk beside them.
    pub tickets: Arc<Tickets>,
    /// Blocks as they are enforced, to search in.
    pub search: Arc<Search>,
    /// What was written, to search in.
    pub archive: Arc<dyn Archive>,
    /// Who sends how much.
    pub ledger: Arc<Ledger>,
    /// Who is locked out after failed logins, where they are counted.
    pub logins: Option<Arc<Logins>>,
    /// Senders' own past.
    pub recall: Arc<Recall>,
    /// The last 24 hours.
    pub telemetry: Arc<Telemetry>,
    /// How the parts of the daemon do.
    pub health: Box<Health>,
    /// Who owns a subject, by the configuration in force.
    pub owner: Box<Owners>,
    /// What a service owns, by the configuration in force.
    pub holdings: Box<Holders>,
    /// Letters, where any are sent.
    pub outbox: Option<OutboxHandle>,
    /// Diagnoses, where they are made.
    pub diagnoses: Option<Arc<Diagnoses>>,
    /// Messages flagged by mistake, where they are taken.
    pub reports: Option<Arc<Reports>>,
    /// Who owns what, where customers can be looked at.
    pub customers: Option<Arc<Registry>>,
    /// Events for other programs, where there are any.
    pub webhooks: Option<Webhooks>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl Parts {
    /// Diagnoses; without them there is no such page.
    pub(crate) fn diagnoses(&self) -> Result<&Diagnoses, Fault> {
        self.diagnoses.as_deref().ok_or(Fault::Missing)
    }

    /// Reports; without them there is no such page.
    pub(crate) fn reports(&self) -> Result<&Reports, Fault> {
        self.reports.as_deref().ok_or(Fault::Missing)
    }

    /// Customers; without them there is no such page.
    pub(crate) fn customers(&self) -> Result<&Registry, Fault> {
        self.customers.as_deref().ok_or(Fault::Missing)
    }
}

/// The console.
#[derive(Clone)]
pub struct Console(Arc<Inner>);

struct Inner {
    parts: Parts,
    pages: Pages,
    site: ArcSwap<Site>,
    waiting: Mutex<(Timestamp, u64)>,
    turns: Arc<Semaphore>,
}

impl Console {
    /// A console over these parts.
    pub fn new(parts: Parts, site: Site) -> Self {
        let waiting = Mutex::new((Timestamp(i64::MIN), 0));
        let (pages, site, turns) = (Pages::default(), ArcSwap::from_pointee(site), Arc::new(Semaphore::new(TURNS)));
        Self(Arc::new(Inner { parts, pages, site, waiting, turns }))
    }

    /// Shows other settings from now on.
    pub fn reload(&self, site: Site) {
        self.0.site.store(Arc::new(site));
    }

    pub(crate) fn parts(&self) -> &Parts {
        &self.0.parts
    }

    pub(crate) fn pages(&self) -> &Pages {
        &self.0.pages
    }

    pub(crate) fn site(&self) -> Arc<Site> {
        self.0.site.load_full()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.0.parts.clock.now()
    }

    /// The service that owns a subject; empty when nobody is known to.
    pub(crate) fn service(&self, subject: &SubjectKey) -> String {
        (self.0.parts.owner)(subject).service.clone()
    }

    /// Does what waits for the disk on a thread where waiting harms nobody, and carries it through when the visitor leaves.
    pub(crate) async fn aside<T: Send + 'static, E: Into<Fault> + Send + 'static>(
        &self,
        work: impl FnOnce(&Parts) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Fault> {
        let inner = Arc::clone(&self.0);
        let done = tokio::task::spawn_blocking(move || work(&inner.parts).map_err(Into::into)).await;
        done.unwrap_or_else(|error| Err(Fault::Failed(error.to_string())))
    }

    /// [`Self::aside`] for what strangers may ask and takes long: few at a time, so that a crowd of them leaves threads to
    /// everybody else. Whoever hangs up while he waits takes no turn.
    pub(crate) async fn in_turn<T: Send + 'static, E: Into<Fault> + Send + 'static>(
        &self,
        work: impl FnOnce(&Parts) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Fault> {
        let turn = Arc::clone(&self.0.turns).acquire_owned().await;
        let turn = turn.map_err(|error| Fault::Failed(error.to_string()))?;
        self.aside(move |parts| {
            let _until_done = turn;
            work(parts)
        })
        .await
    }

    /// The desk.
    pub(crate) fn desk(&self) -> Arc<Desk> {
        self.0.parts.tickets.desk()
    }

    /// Writes down what is about to be done or looked at. What can't be written down must not be done.
    pub(crate) async fn note(&self, actor: &Actor, action: Action, on: String) -> Result<(), Fault> {
        self.note_with(actor, action, on, String::new()).await
    }

    /// The same with how it is done.
    pub(crate) async fn note_with(&self, actor: &Actor, action: Action, on: String, how: String) -> Result<(), Fault> {
        let actor = actor.clone();
        self.aside(move |parts| parts.gate.note(&actor, action, &on, &how)).await
    }

    /// How many reports wait for a decision.
    pub(crate) fn reports_waiting(&self) -> u64 {
        self.0.parts.reports.as_ref().map_or(0, |reports| reports.figures().open)
    }

    /// How many tickets wait for a decision, a few seconds old at most.
    pub(crate) async fn tickets_waiting(&self) -> u64 {
        let now = self.now();
        let (at, count) = *self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if at <= now && now.since(at) < FRESH {
            return count;
        }
        let counted = self.aside(|parts| parts.tickets.list(true, MOST_TICKETS)).await;
        let count = counted
            .map_or(0, |files| files.iter().filter(|file| file.ticket.state == TicketState::Deciding).count() as u64);
        *self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner) = (now, count);
        count
    }
}
