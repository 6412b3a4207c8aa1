//! The task that sends what waits in the store: at start, when it is woken, and when a job falls due.
//!
//! The jobs are written together with their blocks, so none is lost. A mail is sent first and marked then: a crash
//! between the two sends it once more, under the same Message-ID.

mod attempt;
mod collect;
mod deliver;
mod desk;
mod digest;
mod many;
mod pauses;
mod remind;
mod resume;
mod sort;
mod stats;
mod told;

use std::collections::HashSet;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use customers::ticket::TicketStore;
use limits::{AlertJob, FollowUpStore, LetterKind, Matter, StoreError};
use lookups::Dns;
use model::{Block, Clock, Event, EventSink, Timestamp};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

pub use desk::LetterError;
pub use stats::Figures;

use crate::audience::Audience;
use crate::many::Concern;
use crate::post::Post;
use attempt::Attempts;
use many::earlier;
use sort::{Sorted, Waiting, sort};

/// Alerts under way at one time.
const MAX_PARALLEL: usize = 8;
/// Letters of tickets without a block that are tried in one go.
const MAX_CONVERSATIONS: usize = 100;
/// The outbox looks again after this long even when nothing is due: clocks jump, and a block may reach a store that
/// had failed without anyone calling.
const LOOK_AGAIN: Duration = Duration::from_secs(30);
/// A job that stays due (its mark could not be written) is not tried more often than this.
const BREATH: Duration = Duration::from_secs(1);

/// What the outbox needs of a store.
pub trait OutboxStore: TicketStore + FollowUpStore {}

impl<T: TicketStore + FollowUpStore> OutboxStore for T {}

/// What the outbox can't know by itself.
pub struct Surroundings {
    /// A block as it is enforced now, with the attempts that were refused until now.
    pub current: Box<dyn Fn(Block) -> Block + Send + Sync>,
    /// The parts that do not work.
    pub concerns: Box<dyn Fn() -> Vec<Concern> + Send + Sync>,
    /// Events for webhooks that were given up.
    pub dead_events: Box<dyn Fn() -> u64 + Send + Sync>,
}

/// Nothing beyond the store is known.
impl Default for Surroundings {
    fn default() -> Self {
        Self { current: Box::new(|block| block), concerns: Box::new(Vec::new), dead_events: Box::new(|| 0) }
    }
}

/// The task. Dropping it, at any moment, loses nothing.
pub struct Outbox {
    attempts: Arc<Attempts>,
    calls: mpsc::Receiver<Call>,
}

/// Wakes the outbox and asks it; the outbox ends with its last handle.
#[derive(Clone)]
pub struct OutboxHandle {
    attempts: Arc<Attempts>,
    calls: mpsc::Sender<Call>,
}

/// Somebody wants a look; when there is a sender, to know that it was taken.
type Call = Option<oneshot::Sender<()>>;

impl Outbox {
    /// An outbox over the store and its handle. Run it with `tokio::spawn(outbox.run())`.
    pub fn new(
        store: Arc<dyn OutboxStore>,
        clock: Arc<dyn Clock>,
        events: Arc<dyn EventSink>,
        dns: Arc<Dns>,
        post: Post,
        surroundings: Surroundings,
    ) -> (Self, OutboxHandle) {
        // One call that waits is as good as many.
        let (sender, calls) = mpsc::channel(16);
        let attempts = Arc::new(Attempts::new(store, clock, events, dns, post, surroundings));
        (Self { attempts: Arc::clone(&attempts), calls }, OutboxHandle { attempts, calls: sender })
    }

    /// Sends what is due, again and again, until the last handle is gone.
    pub async fn run(mut self) {
        let mut waiting = Vec::new();
        loop {
            let pause = self.attempts.look().await;
            // Nobody is told of a look that began before they called.
            for told in waiting.drain(..) {
                let _: Result<(), ()> = oneshot::Sender::send(told, ());
            }
            let call = tokio::time::timeout(pause, self.calls.recv()).await;
            match call {
                Ok(None) => return,
                Ok(Some(call)) => waiting.extend(call),
                Err(_) => {}
            }
            while let Ok(call) = self.calls.try_recv() {
                waiting.extend(call);
            }
        }
    }
}

impl OutboxHandle {
    /// There may be a new alert. Never waits.
    pub fn wake(&self) {
        // A full channel wakes it as well.
        let _ = self.calls.try_send(None);
    }

    /// Resolves when everything due at the time of the call was tried. The outbox must be running.
    pub async fn flush(&self) {
        let (told, done) = oneshot::channel();
        if self.calls.send(Some(told)).await.is_ok() {
            let _ = done.await;
        }
    }

    /// Depth, age and totals, for metrics.
    pub fn figures(&self) -> Figures {
        self.attempts.figures()
    }

    /// Letters that the relay has taken since the start, by their kinds.
    pub fn sent_by_kind(&self) -> Vec<(&'static str, u64)> {
        self.attempts.stats.sent_by_kind()
    }

    /// From now on alerts are sent like this.
    pub fn reconfigure(&self, post: Post) {
        self.attempts.reconfigure(post);
    }
}

/// A block that began wakes the outbox.
impl EventSink for OutboxHandle {
    fn emit(&self, event: &Event<'_>) {
        if matches!(event, Event::BlockChanged { block, .. } if block.is_active()) {
            self.wake();
        }
    }
}

impl Attempts {
    /// Tries every job that is due; tells how long there is nothing to do.
    async fn look(self: &Arc<Self>) -> Duration {
        self.remind().await;
        let now = self.now();
        let Some(pending) = self.pending().await else { return LOOK_AGAIN };
        // The store's failures are told by its writer.
        let (of_tickets, of_blocks) = pending.into_iter().partition(|job| job.about.ticket().is_some());
        let Ok(sorted) = self.sorted(free(of_blocks), now).await else { return LOOK_AGAIN };
        self.try_all(sorted.single).await;
        let Ok(next) = self.tell_of_many().await else { return LOOK_AGAIN };
        self.try_conversations(of_tickets, now).await;
        let Some(pending) = self.pending().await else { return LOOK_AGAIN };
        let single = free(pending).iter().map(|job| job.due).min();
        let next = earlier(single, next);
        next.map_or(LOOK_AGAIN, |next| next.since(self.now())).clamp(BREATH, LOOK_AGAIN)
    }

    /// What becomes of the letters that are due; those that are over are marked, all at once.
    async fn sorted(&self, pending: Vec<AlertJob>, now: Timestamp) -> Result<Sorted, StoreError> {
        if pending.iter().all(|job| job.due > now) {
            return Ok(Sorted::default());
        }
        self.resume(now).await?;
        let pending = self.in_store(move |store| with_blocks(store, pending)).await?;
        let sorted = {
            let mut crowd = self.crowd.lock().unwrap_or_else(PoisonError::into_inner);
            sort(pending, &self.post(), &mut crowd, now)
        };
        let changed = [sorted.settled.as_slice(), &sorted.held].concat();
        if !changed.is_empty() {
            self.stats.settled(&sorted.settled);
            self.in_store(move |store| store.update_letters(&changed)).await?;
        }
        Ok(sorted)
    }

    async fn try_all(self: &Arc<Self>, letters: Vec<(AlertJob, Audience)>) {
        let mut running = JoinSet::new();
        for (job, audience) in letters {
            if running.len() >= MAX_PARALLEL {
                running.join_next().await;
            }
            let attempts = Arc::clone(self);
            running.spawn(async move { attempts.attempt(job, audience).await });
        }
        while running.join_next().await.is_some() {}
    }

    /// One after the other: what is said in a ticket keeps its order. The rest follows in the next look.
    async fn try_conversations(&self, letters: Vec<AlertJob>, now: Timestamp) {
        for job in letters.into_iter().filter(|job| job.due <= now).take(MAX_CONVERSATIONS) {
            self.converse(job).await;
        }
    }

    /// Letters about many blocks; tells when one is due next.
    async fn tell_of_many(&self) -> Result<Option<Timestamp>, StoreError> {
        let owed = self.in_store(|store| store.owed_letters()).await?;
        let customers = self.collect(&owed).await?;
        // What was told to customers is written: the digest must not write it back.
        let owed = self.in_store(|store| store.owed_letters()).await?;
        Ok(earlier(customers, self.digest(&owed).await?))
    }
}

/// What may be sent: the end of a block and a reminder wait until its beginning was told, or is given up.
fn free(pending: Vec<AlertJob>) -> Vec<AlertJob> {
    let untold: HashSet<Matter> = pending.iter().filter(|job| job.number == 0).map(|job| job.about.clone()).collect();
    let waits = |job: &AlertJob| {
        matches!(job.kind, LetterKind::Released | LetterKind::Reminder(_)) && untold.contains(&job.about)
    };
    pending.into_iter().filter(|job| !waits(job)).collect()
}

fn with_blocks(store: &dyn OutboxStore, jobs: Vec<AlertJob>) -> Result<Vec<Waiting>, StoreError> {
    let mut found = Vec::with_capacity(jobs.len());
    for job in jobs {
        let Some(reference) = job.about.block() else { continue };
        let first = if job.number > 0 { store.alert(reference)? } else { None };
        let owed = first.map(|first| first.owed).unwrap_or_default();
        found.extend(store.block(reference)?.map(|block| Waiting { job, block, owed }));
    }
    Ok(found)
}
