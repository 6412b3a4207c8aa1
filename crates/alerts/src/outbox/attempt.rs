//! One try to send one alert: load, look up, write, hand over, mark.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use customers::Address;
use customers::ticket::{Ticket, TicketStore};
use limits::{AlertJob, StoreError};
use lookups::Dns;
use model::{Block, BlockRef, Clock, Event, EventSink, Evidence};

use super::stats::{Figures, Stats};
use crate::destinations::fill_in;
use crate::letter::{Letter, MAX_SAMPLES, render};
use crate::post::Post;
use crate::relay::{Delivery, SendError, send};
use crate::retry::{Outcome, settle};

/// A letter: its block and its number.
type Key = (BlockRef, u32);

/// What a letter tells of.
struct Case {
    block: Block,
    evidence: Vec<Evidence>,
    ticket: Option<Ticket>,
}

pub(super) struct Attempts {
    store: Arc<dyn TicketStore>,
    clock: Arc<dyn Clock>,
    events: Arc<dyn EventSink>,
    dns: Arc<Dns>,
    post: RwLock<Arc<Post>>,
    stats: Stats,
    failing: AtomicBool,
    /// Who has got an alert that still waits: for another recipient, or for its mark. Ends with the process.
    delivered: Mutex<HashMap<Key, Vec<Address>>>,
}

impl Attempts {
    pub(super) fn new(
        store: Arc<dyn TicketStore>,
        clock: Arc<dyn Clock>,
        events: Arc<dyn EventSink>,
        dns: Arc<Dns>,
        post: Post,
    ) -> Self {
        let post = RwLock::new(Arc::new(post));
        let (stats, failing, delivered) = (Stats::default(), AtomicBool::new(false), Mutex::default());
        Self { store, clock, events, dns, post, stats, failing, delivered }
    }

    /// What waits, by due time. `None` while alerts are switched off or the store fails; the latter it tells itself.
    pub(super) async fn pending(&self) -> Option<Vec<AlertJob>> {
        let pending = self.in_store(|store| store.pending_alerts()).await.ok()?;
        self.stats.waits(&pending);
        self.post().enabled.then_some(pending)
    }

    /// Tries the job and marks what came of it. While the store fails the job stays as it was.
    pub(super) async fn attempt(&self, job: AlertJob) {
        let Ok(Some(case)) = self.case(&job.block).await else { return };
        let post = self.post();
        let outcome = self.deliver(&job, &case, &post).await;
        let job = settle(job, outcome, self.clock.now(), post.give_up_after);
        self.tell(&job);
        self.mark(job).await;
    }

    /// The block, its ticket and its evidence, destinations filled in and kept.
    async fn case(&self, reference: &BlockRef) -> Result<Option<Case>, StoreError> {
        let asked = reference.clone();
        let read = move |store: &dyn TicketStore| {
            Ok((store.block(&asked)?, store.evidence(&asked, MAX_SAMPLES)?, store.ticket_of(&asked)?))
        };
        let (block, mut evidence, ticket) = self.in_store(read).await?;
        let found = fill_in(&mut evidence, &self.dns).await;
        if !found.is_empty() {
            let reference = reference.clone();
            self.in_store(move |store| store.set_destinations(&reference, &found)).await?;
        }
        Ok(block.map(|block| Case { block, evidence, ticket }))
    }

    /// Hands the letter over for those who have not got it yet.
    async fn deliver(&self, job: &AlertJob, case: &Case, post: &Post) -> Outcome {
        let Case { block, evidence, ticket } = case;
        let letter = Letter { block, evidence, job, ticket: ticket.as_ref(), at: self.clock.now() };
        let mail = render(&letter, post);
        if let Some(error) = &mail.mistake {
            self.events.emit(&Event::Degraded { part: "templates", policy: "built-in template", error });
        }
        let earlier = self.delivered().get(&key(job)).cloned().unwrap_or_default();
        let open: Vec<_> = mail.to.iter().filter(|address| !earlier.contains(address)).cloned().collect();
        if open.is_empty() {
            let error = earlier.is_empty().then(|| "there is nobody to tell: alerts.to is empty".to_owned());
            return Outcome { delivered: !earlier.is_empty(), open: false, error };
        }
        let sent = send(&mail, &open, post).await;
        if let Ok(Delivery { accepted, .. }) = &sent
            && !accepted.is_empty()
        {
            self.delivered().entry(key(job)).or_default().extend_from_slice(accepted);
        }
        outcome(sent, !earlier.is_empty())
    }

    /// What has been delivered is forgotten only when the mark is durable: until then it must not be sent again.
    async fn mark(&self, job: AlertJob) {
        let key = key(&job);
        let over = job.sent.is_some() || job.given_up.is_some();
        let marked = self.in_store(move |store| store.update_alert(&job)).await;
        if marked.is_ok() && over {
            self.delivered().remove(&key);
        }
    }

    fn tell(&self, job: &AlertJob) {
        self.stats.tried(job);
        let error = job.last_error.as_deref().unwrap_or_default();
        match (job.sent, job.given_up) {
            (Some(_), _) => {
                let (block, message_id, tries) = (&job.block, &job.message_id, job.tries);
                match error {
                    "" => tracing::info!(%block, message_id, tries, "alert sent"),
                    refused => tracing::warn!(%block, message_id, tries, refused, "alert sent, but not to all"),
                }
                if self.failing.swap(false, Ordering::Relaxed) {
                    self.events.emit(&Event::Recovered { part: "alerts" });
                }
            }
            (None, Some(_)) => {
                let error = format!("the alert of block {} is given up: {error}", job.block);
                self.events.emit(&Event::Degraded { part: "alerts", policy: "give up", error: &error });
            }
            // A relay that is down fails for every alert and again: once is enough.
            (None, None) if !self.failing.swap(true, Ordering::Relaxed) => {
                self.events.emit(&Event::Degraded { part: "alerts", policy: "retry", error });
            }
            (None, None) => tracing::warn!(block = %job.block, tries = job.tries, error, "alert waits"),
        }
    }

    /// The store's calls block: they are made on a thread where that does no harm.
    async fn in_store<T: Send + 'static>(
        &self,
        call: impl FnOnce(&dyn TicketStore) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let store = Arc::clone(&self.store);
        let done = tokio::task::spawn_blocking(move || call(&*store)).await;
        done.unwrap_or_else(|error| Err(StoreError::Other(error.to_string())))
    }

    pub(super) fn now(&self) -> model::Timestamp {
        self.clock.now()
    }

    pub(super) fn figures(&self) -> Figures {
        self.stats.figures(self.clock.now())
    }

    pub(super) fn reconfigure(&self, post: Post) {
        *self.post.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(post);
    }

    fn post(&self) -> Arc<Post> {
        Arc::clone(&self.post.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn delivered(&self) -> MutexGuard<'_, HashMap<Key, Vec<Address>>> {
        self.delivered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(job: &AlertJob) -> Key {
    (job.block.clone(), job.number)
}

fn outcome(sent: Result<Delivery, SendError>, earlier: bool) -> Outcome {
    match sent {
        Err(error) => Outcome { delivered: earlier, open: true, error: Some(error.to_string()) },
        Ok(delivery) => {
            let refused = delivery.refused.iter().chain(&delivery.deferred);
            let answers: Vec<_> = refused.map(|(address, answer)| format!("{address}: {answer}")).collect();
            Outcome {
                delivered: earlier || !delivery.accepted.is_empty(),
                open: !delivery.deferred.is_empty(),
                error: (!answers.is_empty()).then(|| answers.join("; ")),
            }
        }
    }
}
