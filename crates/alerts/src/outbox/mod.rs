//! The task that sends what waits in the store: at start, when it is woken, and when a job falls due.
//!
//! The jobs are written together with their blocks, so none is lost. A mail is sent first and marked then: a crash
//! between the two sends it once more, under the same Message-ID.

mod attempt;
mod stats;

use std::sync::Arc;
use std::time::Duration;

use customers::ticket::TicketStore;
use limits::AlertJob;
use lookups::Dns;
use model::{Clock, Event, EventSink, Timestamp};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

pub use stats::Figures;

use crate::post::Post;
use attempt::Attempts;

/// Alerts under way at one time.
const MAX_PARALLEL: usize = 8;
/// The outbox looks again after this long even when nothing is due: clocks jump, and a block may reach a store that
/// had failed without anyone calling.
const LOOK_AGAIN: Duration = Duration::from_secs(30);
/// A job that stays due (its mark could not be written) is not tried more often than this.
const BREATH: Duration = Duration::from_secs(1);

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
        store: Arc<dyn TicketStore>,
        clock: Arc<dyn Clock>,
        events: Arc<dyn EventSink>,
        dns: Arc<Dns>,
        post: Post,
    ) -> (Self, OutboxHandle) {
        // One call that waits is as good as many.
        let (sender, calls) = mpsc::channel(16);
        let attempts = Arc::new(Attempts::new(store, clock, events, dns, post));
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
        let now = self.now();
        let Some(pending) = self.pending().await else { return LOOK_AGAIN };
        self.try_all(pending.into_iter().filter(|job| job.due <= now).collect()).await;
        self.pending().await.map_or(LOOK_AGAIN, |pending| pause(&pending, self.now()))
    }

    async fn try_all(self: &Arc<Self>, due: Vec<AlertJob>) {
        let mut running = JoinSet::new();
        for job in due {
            if running.len() >= MAX_PARALLEL {
                running.join_next().await;
            }
            let attempts = Arc::clone(self);
            running.spawn(async move { attempts.attempt(job).await });
        }
        while running.join_next().await.is_some() {}
    }
}

fn pause(pending: &[AlertJob], now: Timestamp) -> Duration {
    let next = pending.iter().map(|job| job.due.since(now)).min();
    next.unwrap_or(LOOK_AGAIN).clamp(BREATH, LOOK_AGAIN)
}
