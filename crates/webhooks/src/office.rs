//! All webhooks: their couriers, and what an operator does with deliveries. The command line, the HTTP API and the console do
//! nothing else.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use limits::{Delivery, DeliveryPlace, DeliveryState, StoreError, WebhookStore};
use model::{Clock, EventSink};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::body::Teller;
use crate::courier::{Common, Courier, evidence};
use crate::hook::Hook;
use crate::send::{SendError, send};
use crate::totals::{Figures, Receiver};

/// All webhooks of this node. Clones are the same office.
#[derive(Clone)]
pub struct Webhooks {
    common: Arc<Common>,
    couriers: Arc<RwLock<Arc<Vec<Arc<Courier>>>>>,
    teller: Arc<RwLock<Arc<Teller>>>,
    /// Something may have happened.
    happened: Arc<watch::Sender<()>>,
    /// Other receivers are in force.
    changed: Arc<watch::Sender<()>>,
}

/// Why something could not be done.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// No webhook has that name.
    #[error("there is no webhook \"{0}\" in the configuration in force")]
    UnknownHook(String),
    /// No delivery of that webhook has that id.
    #[error("webhook \"{hook}\" has no event {id}")]
    UnknownEvent {
        /// The webhook.
        hook: String,
        /// What was asked for.
        id: String,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What came of trying a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tested {
    /// The event's id.
    pub id: String,
    /// The status it was taken with, or why it was not.
    pub outcome: Result<u16, SendError>,
    /// How long it took.
    pub took: Duration,
}

impl Webhooks {
    /// Whoever tries a webhook waits no longer than this.
    const TRIAL: Duration = Duration::from_secs(10);

    /// An office without receivers; [`Self::configure`] gives it some.
    pub fn new(
        store: Arc<dyn WebhookStore>,
        clock: Arc<dyn Clock>,
        events: Arc<dyn EventSink>,
        teller: Teller,
    ) -> Self {
        let totals = crate::totals::Totals::default();
        Self {
            common: Arc::new(Common { store, clock, events, totals }),
            couriers: Arc::default(),
            teller: Arc::new(RwLock::new(Arc::new(teller))),
            happened: Arc::new(watch::Sender::new(())),
            changed: Arc::new(watch::Sender::new(())),
        }
    }

    /// These receivers from now on. A request under way may be cut off and is sent again. Blocks the thread on the store: a
    /// receiver with a new name is told of everything that happens after this.
    ///
    /// # Errors
    /// When the store fails; the receivers are in force all the same.
    pub fn configure(&self, hooks: Vec<Hook>, teller: Teller) -> Result<(), StoreError> {
        let teller = Arc::new(teller);
        let courier = |hook| Arc::new(Courier::new(Arc::new(hook), Arc::clone(&self.common), Arc::clone(&teller)));
        let couriers: Vec<_> = hooks.into_iter().map(courier).collect();
        let names: Vec<_> = couriers.iter().map(|courier| courier.hook.name.as_str()).collect();
        self.common.totals.retain(&names);
        let begun = couriers.iter().map(|courier| &courier.hook);
        let begun = begun.map(|hook| self.common.store.queue_deliveries(&hook.name, &hook.kinds));
        let begun = begun.fold(Ok(()), Result::and);
        put(&self.couriers, Arc::new(couriers));
        put(&self.teller, teller);
        self.changed.send_replace(());
        begun
    }

    /// Delivers until it is dropped; dropping it, at any moment, loses nothing.
    pub async fn run(self) {
        let mut changed = self.changed.subscribe();
        loop {
            changed.mark_unchanged();
            let mut running = JoinSet::new();
            for courier in self.couriers().iter() {
                running.spawn(Arc::clone(courier).run(self.happened.subscribe()));
            }
            if changed.changed().await.is_err() {
                return;
            }
        }
    }

    /// Something may have happened. Never waits.
    pub fn wake(&self) {
        self.happened.send_replace(());
    }

    /// Tells whenever something may have happened, for others who tell of it.
    pub fn happened(&self) -> watch::Receiver<()> {
        self.happened.subscribe()
    }

    /// Sends everything that is due now, for those who don't [`Self::run`] it.
    pub async fn look(&self) {
        let mut looking = JoinSet::new();
        for courier in self.couriers().iter() {
            let courier = Arc::clone(courier);
            looking.spawn(async move { courier.look().await });
        }
        while looking.join_next().await.is_some() {}
    }

    /// The names of the receivers in force.
    pub fn names(&self) -> Vec<String> {
        self.couriers().iter().map(|courier| courier.hook.name.clone()).collect()
    }

    /// The receivers in force, each with what waits for it.
    pub fn receivers(&self) -> Vec<Receiver> {
        self.names().into_iter().map(|name| self.common.totals.receiver(name)).collect()
    }

    /// Deliveries, the latest first; of one receiver, or all; in one state, or all. Blocks the thread on the store.
    ///
    /// # Errors
    /// When the store fails.
    pub fn list(
        &self,
        hook: Option<&str>,
        state: Option<DeliveryState>,
        limit: usize,
    ) -> Result<Vec<Delivery>, WebhookError> {
        Ok(self.common.store.deliveries(hook, state, limit)?)
    }

    /// As [`Self::list`], those behind that place.
    ///
    /// # Errors
    /// When the store fails.
    pub fn list_after(
        &self,
        place: &DeliveryPlace,
        hook: Option<&str>,
        state: Option<DeliveryState>,
        limit: usize,
    ) -> Result<Vec<Delivery>, WebhookError> {
        Ok(self.common.store.deliveries_after(place, hook, state, limit)?)
    }

    /// One delivery with the body that is sent. Blocks the thread on the store.
    ///
    /// # Errors
    /// When there is none, or the store fails.
    pub fn show(&self, hook: &str, id: &str) -> Result<(Delivery, String), WebhookError> {
        let delivery = self.delivery(hook, id)?;
        let evidence = evidence(&*self.common.store, &delivery.happening)?;
        let teller = Arc::clone(&self.teller.read().unwrap_or_else(PoisonError::into_inner));
        let body = String::from_utf8(teller.body(&delivery.happening, &evidence)).unwrap_or_default();
        Ok((delivery, body))
    }

    /// Sends an event once more, whatever came of it before; without an id every dead letter. How many there are. Blocks the
    /// thread on the store.
    ///
    /// # Errors
    /// When there is no such webhook or event, or the store fails.
    pub fn replay(&self, hook: &str, id: Option<&str>) -> Result<u64, WebhookError> {
        self.courier(hook)?;
        let now = self.common.clock.now();
        let count = match id {
            None => self.common.store.revive_deliveries(hook, now)?,
            Some(id) => {
                let again = Delivery { due: now, tries: 0, delivered: None, dead: None, ..self.delivery(hook, id)? };
                self.common.store.update_delivery(&again)?;
                1
            }
        };
        self.wake();
        Ok(count)
    }

    /// Gives an event up; without an id every dead letter is thrown away. How many there were. Blocks the thread on the store.
    ///
    /// # Errors
    /// When there is no such event, or the store fails.
    pub fn discard(&self, hook: &str, id: Option<&str>) -> Result<u64, WebhookError> {
        let count = match id {
            None => self.common.store.drop_deliveries(hook)?,
            Some(id) => {
                let delivery = self.delivery(hook, id)?;
                let dead = delivery.dead.or(Some(self.common.clock.now())).filter(|_| delivery.delivered.is_none());
                self.common.store.update_delivery(&Delivery { dead, ..delivery })?;
                1
            }
        };
        self.wake();
        Ok(count)
    }

    /// Sends an event of the type "test" at once; it is not kept.
    ///
    /// # Errors
    /// When there is no such webhook. What the receiver says is no error here.
    pub async fn test(&self, hook: &str) -> Result<Tested, WebhookError> {
        let courier = self.courier(hook)?;
        let teller = Arc::clone(&self.teller.read().unwrap_or_else(PoisonError::into_inner));
        let now = self.common.clock.now();
        let id = format!("evt_test_{}", now.0);
        let body = teller.trial(&id, now);
        let begun = tokio::time::Instant::now();
        let outcome = send(&courier.hook, &id, body, now, courier.hook.timeout.min(Self::TRIAL)).await;
        Ok(Tested { id, outcome, took: begun.elapsed() })
    }

    /// Depth, age and totals, for metrics and readiness.
    pub fn figures(&self) -> Figures {
        self.common.totals.figures(self.couriers().len(), &*self.common.clock)
    }

    fn courier(&self, name: &str) -> Result<Arc<Courier>, WebhookError> {
        let couriers = self.couriers();
        let found = couriers.iter().find(|courier| courier.hook.name == name).cloned();
        found.ok_or_else(|| WebhookError::UnknownHook(name.to_owned()))
    }

    fn delivery(&self, hook: &str, id: &str) -> Result<Delivery, WebhookError> {
        let unknown = || WebhookError::UnknownEvent { hook: hook.to_owned(), id: id.to_owned() };
        let number = id.rsplit_once('_').and_then(|(_, number)| number.parse().ok()).ok_or_else(unknown)?;
        let found = self.common.store.delivery(hook, number)?;
        found.filter(|delivery| delivery.happening.id() == id).ok_or_else(unknown)
    }

    fn couriers(&self) -> Arc<Vec<Arc<Courier>>> {
        Arc::clone(&self.couriers.read().unwrap_or_else(PoisonError::into_inner))
    }
}

fn put<T>(place: &RwLock<T>, value: T) {
    *place.write().unwrap_or_else(PoisonError::into_inner) = value;
}
