//! One try to send one letter: load, look up, write, hand over, mark.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use customers::ticket::Ticket;
use limits::{AlertJob, LetterKind, StoreError};
use lookups::Dns;
use model::{Block, BlockRef, Clock, Event, EventSink, Evidence, Timestamp};

use super::pauses::Pauses;
use super::stats::{Figures, Stats};
use super::told::Told;
use super::{OutboxStore, Surroundings};
use crate::audience::Audience;
use crate::conversation;
use crate::crowd::Crowd;
use crate::destinations::fill_in;
use crate::facts::is_overtaken;
use crate::letter::{Letter, MAX_SAMPLES, render_for};
use crate::post::Post;
use crate::retry::{self, Outcome, settle};

/// What a letter tells of.
struct Case {
    block: Block,
    evidence: Vec<Evidence>,
    ticket: Option<Ticket>,
}

pub(super) struct Attempts {
    store: Arc<dyn OutboxStore>,
    clock: Arc<dyn Clock>,
    pub(super) events: Arc<dyn EventSink>,
    dns: Arc<Dns>,
    pub(super) surroundings: Surroundings,
    post: RwLock<Arc<Post>>,
    pub(super) stats: Stats,
    failing: AtomicBool,
    pub(super) crowd: Mutex<Crowd>,
    /// Whether the crowd knows what was sent before this process began.
    pub(super) resumed: AtomicBool,
    pub(super) pauses: Pauses,
    pub(super) told: Told,
    /// When reminders are looked for next.
    reminders: Mutex<Timestamp>,
}

impl Attempts {
    pub(super) fn new(
        store: Arc<dyn OutboxStore>,
        clock: Arc<dyn Clock>,
        events: Arc<dyn EventSink>,
        dns: Arc<Dns>,
        post: Post,
        surroundings: Surroundings,
    ) -> Self {
        Self {
            store,
            clock,
            events,
            dns,
            surroundings,
            post: RwLock::new(Arc::new(post)),
            stats: Stats::default(),
            failing: AtomicBool::new(false),
            crowd: Mutex::default(),
            resumed: AtomicBool::new(false),
            pauses: Pauses::default(),
            told: Told::default(),
            reminders: Mutex::default(),
        }
    }

    /// What waits, by due time. `None` while alerts are switched off or the store fails; the latter it tells itself.
    pub(super) async fn pending(&self) -> Option<Vec<AlertJob>> {
        let mut pending = self.in_store(|store| store.pending_alerts()).await.ok()?;
        let now = self.now();
        pending.iter_mut().for_each(|job| job.due = retry::due(job.due, now));
        self.stats.waits(&pending);
        self.post().enabled.then_some(pending)
    }

    /// Tries a letter about a block and marks what came of it. While the store fails the job stays as it was.
    pub(super) async fn attempt(&self, job: AlertJob, audience: Audience) {
        let Some(block) = job.about.block() else { return };
        let Ok(Some(case)) = self.case(block).await else { return };
        let post = self.post();
        let letter = case.letter(&job, self.now());
        let (mails, overtaken) = (render_for(&letter, &audience, &post), is_overtaken(&letter));
        let outcome = self.deliver(&job, &mails, &post).await;
        let mut job = self.settled(job, outcome, &post);
        if job.sent.is_none() {
            // Whoever is left out now may be let in at the next try.
            job.owed = limits::Owed::default();
        }
        let is_held = audience.held.is_some_and(|until| hold(&mut job, until));
        self.mark(job.clone(), overtaken).await;
        if is_held { self.tell_held(&job) } else { self.tell(&job) }
    }

    /// The same for a letter about a ticket that no block has opened. These are few, and said in a conversation: none is
    /// collected.
    pub(super) async fn converse(&self, job: AlertJob) {
        let Some(id) = job.about.ticket() else { return };
        let Ok(Some(ticket)) = self.in_store(move |store| store.ticket(id)).await else { return };
        let post = self.post();
        let mail = conversation::render(&ticket, &job, self.now(), &post);
        let outcome = self.deliver(&job, &[mail], &post).await;
        let job = self.settled(job, outcome, &post);
        self.mark(job.clone(), false).await;
        self.tell(&job);
    }

    /// The letter after a try, with all whom it has reached by now.
    fn settled(&self, mut job: AlertJob, outcome: Outcome, post: &Post) -> AlertJob {
        job.reached(&self.told.of(&job));
        settle(job, outcome, self.now(), post.give_up_after)
    }

    /// The block, its ticket and its evidence, destinations filled in and kept.
    async fn case(&self, reference: &BlockRef) -> Result<Option<Case>, StoreError> {
        let asked = reference.clone();
        let read = move |store: &dyn OutboxStore| {
            Ok((store.block(&asked)?, store.evidence(&asked, MAX_SAMPLES)?, store.ticket_of(&asked)?))
        };
        let (block, mut evidence, ticket) = self.in_store(read).await?;
        let found = fill_in(&mut evidence, &self.dns).await;
        if !found.is_empty() {
            let reference = reference.clone();
            self.in_store(move |store| store.set_destinations(&reference, &found)).await?;
        }
        Ok(block.map(|block| Case { block: (self.surroundings.current)(block), evidence, ticket }))
    }

    /// What has been delivered is forgotten only when the mark is durable: until then it must not be sent again.
    async fn mark(&self, job: AlertJob, overtaken: bool) {
        let letter = job.clone();
        let marked = self.in_store(move |store| {
            let told =
                if overtaken && job.sent.is_some() { told_by(&job, store.letters_of(&job.about)?) } else { Vec::new() };
            store.update_letters(&[vec![job], told].concat())
        });
        if marked.await.is_ok() {
            self.told.forget(&letter);
        }
    }

    fn tell(&self, job: &AlertJob) {
        self.stats.tried(job);
        let error = job.last_error.as_deref().unwrap_or_default();
        let (about, message_id, tries) = (&job.about, &job.message_id, job.tries);
        match (job.sent, job.given_up) {
            (Some(_), _) => {
                match error {
                    "" => tracing::info!(%about, message_id, tries, "letter sent"),
                    refused => tracing::warn!(%about, message_id, tries, refused, "letter sent, but not to all"),
                }
                self.works();
            }
            (None, Some(_)) => self.gives_up(&format!("the letter about {} is given up: {error}", about.said())),
            (None, None) => {
                tracing::warn!(%about, message_id, tries, error, "letter waits");
                self.fails(error);
            }
        }
    }

    fn tell_held(&self, job: &AlertJob) {
        let (about, message_id, until) = (&job.about, &job.message_id, job.due);
        tracing::info!(%about, message_id, %until, "letter sent, but the owner's waits until he is known");
        self.works();
    }

    pub(super) fn works(&self) {
        if self.failing.swap(false, Ordering::Relaxed) {
            self.events.emit(&Event::Recovered { part: "alerts" });
        }
    }

    /// A relay that is down fails for every alert and again: once is enough.
    pub(super) fn fails(&self, error: &str) {
        if !self.failing.swap(true, Ordering::Relaxed) {
            self.events.emit(&Event::Degraded { part: "alerts", policy: "retry", error });
        }
    }

    pub(super) fn gives_up(&self, error: &str) {
        self.failing.store(true, Ordering::Relaxed);
        self.events.emit(&Event::Degraded { part: "alerts", policy: "give up", error });
    }

    /// Whether reminders are to be looked for now; then not before `period` is over.
    pub(super) fn is_time_to_remind(&self, now: Timestamp, period: std::time::Duration) -> bool {
        let mut next = self.reminders.lock().unwrap_or_else(PoisonError::into_inner);
        let is_time = now >= *next;
        if is_time {
            *next = now.after(period);
        }
        is_time
    }

    /// The store's calls block: they are made on a thread where that does no harm.
    pub(super) async fn in_store<T: Send + 'static>(
        &self,
        call: impl FnOnce(&dyn OutboxStore) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let store = Arc::clone(&self.store);
        let done = tokio::task::spawn_blocking(move || call(&*store)).await;
        done.unwrap_or_else(|error| Err(StoreError::Other(error.to_string())))
    }

    pub(super) fn store(&self) -> &dyn OutboxStore {
        &*self.store
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn figures(&self) -> Figures {
        self.stats.figures(self.clock.now())
    }

    pub(super) fn reconfigure(&self, post: Post) {
        *self.post.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(post);
    }

    pub(super) fn post(&self) -> Arc<Post> {
        Arc::clone(&self.post.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Case {
    fn letter<'c>(&'c self, job: &'c AlertJob, at: Timestamp) -> Letter<'c> {
        Letter { block: &self.block, evidence: &self.evidence, job, ticket: self.ticket.as_ref(), at }
    }
}

/// The letter is sent to all who are known, and goes on waiting for its owner; whether it was sent at all.
fn hold(job: &mut AlertJob, until: Timestamp) -> bool {
    let sent = job.sent.take().is_some();
    if sent {
        (job.due, job.tries) = (until, 0);
    }
    sent
}

/// The letters that a late first one makes needless: it has told that the block is over, too.
fn told_by(first: &AlertJob, letters: Vec<AlertJob>) -> Vec<AlertJob> {
    let needless = letters.into_iter().filter(|letter| letter.kind == LetterKind::Released && letter.sent.is_none());
    let instead = Some(first.message_id.clone());
    needless.map(|letter| AlertJob { sent: first.sent, instead: instead.clone(), ..letter }).collect()
}
