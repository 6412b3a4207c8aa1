//! The task of one receiver: queue what happened, send what is due, mark what came of it. Receivers never wait for each other.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use limits::{Backlog, Delivery, Happening, StoreError, WebhookStore};
use model::{Clock, EventSink, Evidence, Timestamp};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::body::{MAX_EVIDENCE, Teller};
use crate::hook::Hook;
use crate::retry::{Rest, failed, taken};
use crate::send::{SendError, send};
use crate::totals::Totals;

/// Requests to one receiver at one time, each about another subject.
const MAX_PARALLEL: usize = 4;
/// Deliveries read from the store at one time.
const BATCH: usize = 64;
/// A look even when nothing is due: clocks jump, and a store that failed calls nobody.
const LOOK_AGAIN: Duration = Duration::from_secs(30);
/// What stays due is not tried more often than this.
const BREATH: Duration = Duration::from_secs(1);

/// What all receivers share.
pub(crate) struct Common {
    pub(crate) store: Arc<dyn WebhookStore>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) events: Arc<dyn EventSink>,
    pub(crate) totals: Totals,
}

/// One receiver's courier.
pub(crate) struct Courier {
    pub(crate) hook: Arc<Hook>,
    common: Arc<Common>,
    teller: Arc<Teller>,
    rest: Mutex<Rest>,
}

impl Courier {
    pub(crate) fn new(hook: Arc<Hook>, common: Arc<Common>, teller: Arc<Teller>) -> Self {
        Self { hook, common, teller, rest: Mutex::default() }
    }

    /// Looks at the start, when it is woken, and when something is due; until it is dropped.
    pub(crate) async fn run(self: Arc<Self>, mut woken: watch::Receiver<()>) {
        loop {
            let pause = self.look().await;
            if tokio::time::timeout(pause, woken.changed()).await.is_ok_and(|changed| changed.is_err()) {
                return;
            }
        }
    }

    /// Sends everything that is due now; tells how long there is nothing to do.
    pub(crate) async fn look(self: &Arc<Self>) -> Duration {
        // The store's failures are told by its writer.
        let Ok(backlog) = self.send_due().await else { return LOOK_AGAIN };
        self.common.totals.waits(&self.hook.name, backlog);
        let now = self.common.clock.now();
        let due = backlog.due.map_or(LOOK_AGAIN, |due| due.since(now));
        due.max(self.rest(|rest| rest.left(now))).clamp(BREATH, LOOK_AGAIN)
    }

    async fn send_due(self: &Arc<Self>) -> Result<Backlog, StoreError> {
        loop {
            let now = self.common.clock.now();
            let limit = self.rest(|rest| rest.permits(now, BATCH));
            let due = self.in_store(move |store, hook| {
                store.queue_deliveries(&hook.name, &hook.kinds)?;
                store.due_deliveries(&hook.name, now, limit)
            });
            let due = due.await?;
            if due.is_empty() {
                return self.in_store(|store, hook| store.backlog(&hook.name)).await;
            }
            self.send_all(due).await?;
        }
    }

    async fn send_all(self: &Arc<Self>, due: Vec<Delivery>) -> Result<(), StoreError> {
        let mut running = JoinSet::new();
        let mut marked = Ok(());
        for delivery in due {
            if running.len() >= MAX_PARALLEL {
                marked = marked.and(joined(running.join_next().await));
            }
            // It has stopped working meanwhile: what is left is not tried against a wall.
            if self.rest(|rest| rest.permits(self.common.clock.now(), 1)) == 0 {
                break;
            }
            let courier = Arc::clone(self);
            running.spawn(async move { courier.attempt(delivery).await });
        }
        while let Some(ended) = running.join_next().await {
            marked = marked.and(joined(Some(ended)));
        }
        marked
    }

    /// One try: the body is made of what was written then and of the evidence as it is now.
    async fn attempt(&self, delivery: Delivery) -> Result<(), StoreError> {
        let happening = delivery.happening.clone();
        let evidence = self.in_store(move |store, _| evidence(store, &happening)).await?;
        let body = self.teller.body(&delivery.happening, &evidence);
        let id = delivery.happening.id();
        let sent = send(&self.hook, &id, body, self.common.clock.now(), self.hook.timeout).await;
        let now = self.common.clock.now();
        let delivery = match sent {
            Ok(_) => self.took(delivery, now),
            Err(error) => self.refused(delivery, &error, now),
        };
        self.in_store(move |store, _| store.update_delivery(&delivery)).await
    }

    fn took(&self, delivery: Delivery, now: Timestamp) -> Delivery {
        self.common.totals.delivered.fetch_add(1, Ordering::Relaxed);
        self.rest(|rest| rest.worked());
        self.common.totals.works(&self.hook.name, &*self.common.events);
        let delivery = taken(delivery, now);
        let (webhook, tries) = (&self.hook.name, delivery.tries);
        tracing::info!(webhook, event = delivery.happening.id(), tries, "an event was delivered");
        delivery
    }

    fn refused(&self, delivery: Delivery, error: &SendError, now: Timestamp) -> Delivery {
        let totals = &self.common.totals;
        totals.failed.fetch_add(1, Ordering::Relaxed);
        let sentence = error.to_string();
        if error.is_about_the_receiver() {
            self.rest(|rest| rest.failed(now));
            totals.fails(&self.hook.name, &sentence, now, &*self.common.events);
        }
        let delivery = failed(delivery, &sentence, error.wish(), self.hook.give_up_after, now, chance());
        let (webhook, event, tries) = (&self.hook.name, delivery.happening.id(), delivery.tries);
        if delivery.dead.is_some() {
            totals.given_up.fetch_add(1, Ordering::Relaxed);
            tracing::error!(
                webhook,
                event,
                tries,
                error = sentence,
                "an event is given up; `portreeve webhooks replay` sends it again"
            );
        } else {
            tracing::warn!(webhook, event, tries, error = sentence, "an event waits");
        }
        delivery
    }

    /// A rest is two numbers, never left half changed.
    fn rest<T>(&self, with: impl FnOnce(&mut Rest) -> T) -> T {
        with(&mut self.rest.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The store's calls block: they are made on a thread where that does no harm.
    async fn in_store<T: Send + 'static>(
        &self,
        call: impl FnOnce(&dyn WebhookStore, &Hook) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (store, hook) = (Arc::clone(&self.common.store), Arc::clone(&self.hook));
        let done = tokio::task::spawn_blocking(move || call(&*store, &hook)).await;
        done.unwrap_or_else(|error| Err(StoreError::Other(error.to_string())))
    }
}

type Ended = Result<Result<(), StoreError>, tokio::task::JoinError>;

fn joined(ended: Option<Ended>) -> Result<(), StoreError> {
    match ended {
        None => Ok(()),
        Some(ended) => ended.unwrap_or_else(|error| Err(StoreError::Other(error.to_string()))),
    }
}

/// Without randomness pauses are not spread; nothing else depends on it.
fn chance() -> u8 {
    getrandom::u32().map_or(128, |number| number.to_le_bytes()[0])
}

/// The flagged messages of what happened, as they are now; without a block there are none.
pub(crate) fn evidence(store: &dyn WebhookStore, happening: &Happening) -> Result<Vec<Evidence>, StoreError> {
    match happening.topic.block() {
        Some(block) => store.evidence(&block.reference, MAX_EVIDENCE),
        None => Ok(Vec::new()),
    }
}
