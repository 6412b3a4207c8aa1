//! The thread that writes: sessions hand over and go on, or await the moment a block is durable.
//!
//! Jobs are done in order. What may not be lost (blocks, evidence, alerts) stays queued while the store fails and is
//! tried again; counters are dropped then, since the next snapshot replaces them. The queue is bounded: see
//! [`Writer::MAX_WAITING`].

mod health;
mod job;
mod queue;
mod worker;

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::thread::{self, JoinHandle};

use limits::{AlertJob, Snapshot, Store, StoreError};
use model::{Block, BlockRef, Clock, EventSink, Evidence, Kept, Shelf, Timestamp};
use tokio::sync::oneshot;

pub use health::Health;

use crate::settings::OnFailure;
use health::Monitor;
use job::{Job, Write};
use queue::Queue;
use worker::Worker;

/// Hands writes to a thread of its own. Dropping it finishes what is queued, then ends the thread.
pub struct Writer {
    queue: Arc<Queue>,
    monitor: Arc<Monitor>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// More jobs than this don't wait; further ones are refused and counted as lost.
    pub const MAX_WAITING: usize = 2000;

    /// Starts the thread. The store's failures and recoveries are told to `events`, once per change, with the declared
    /// policy beside them.
    ///
    /// # Errors
    /// When the system gives no further thread.
    pub fn start(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        events: Arc<dyn EventSink>,
        policy: OnFailure,
    ) -> std::io::Result<Self> {
        let queue = Arc::new(Queue::new(Self::MAX_WAITING));
        let monitor = Arc::new(Monitor::new(clock, events, policy));
        let worker = Worker::new(store, Arc::clone(&queue), Arc::clone(&monitor));
        let thread = thread::Builder::new().name("store".into()).spawn(move || worker.run())?;
        Ok(Self { queue, monitor, thread: Some(thread) })
    }

    /// Writes a new block, its evidence and its alert, all or nothing.
    pub fn open_block(&self, block: Block, evidence: Vec<Evidence>, alert: Option<AlertJob>) -> Written {
        self.hand_over(Write::OpenBlock { block: Box::new(block), evidence, alert: alert.map(Box::new) })
    }

    /// Writes the block as it is now.
    pub fn update_block(&self, block: Block) -> Written {
        self.hand_over(Write::UpdateBlock(Box::new(block)))
    }

    /// Adds flagged messages to a block.
    pub fn add_evidence(&self, block: BlockRef, evidence: Vec<Evidence>) -> Written {
        self.hand_over(Write::AddEvidence { block, evidence })
    }

    /// Writes counters some time soon; while the store fails they are dropped.
    pub fn save_counters(&self, snapshots: Vec<Snapshot>) {
        drop(self.counters(snapshots));
    }

    /// Writes counters; while the store fails they are dropped.
    pub fn counters(&self, snapshots: Vec<Snapshot>) -> Written {
        self.hand_over(Write::Counters(snapshots))
    }

    /// Writes what was seen before. Snapshots are dropped while the store fails; what must survive is tried again.
    pub fn keep(&self, records: Vec<Kept>) -> Written {
        self.hand_over(Write::Keep(records))
    }

    /// Takes one record out.
    pub fn forget(&self, shelf: Shelf, name: String) -> Written {
        self.hand_over(Write::Forget { shelf, name })
    }

    /// Makes a write of another seam, in its turn. While the store fails it is dropped, or tried again if it must survive.
    pub fn carry_out(&self, must_survive: bool, step: impl Fn() -> Result<(), StoreError> + Send + 'static) -> Written {
        self.hand_over(Write::Step { must_survive, step: Box::new(step) })
    }

    /// Forgets snapshots of what was seen before that, in steps between which others write.
    pub fn prune_kept(&self, before: Timestamp) -> Written {
        self.hand_over(Write::PruneKept { before })
    }

    /// Forgets what is older, as [`Store::prune`] does, in steps between which others write.
    pub fn prune(&self, blocks_before: Timestamp, counters_before: Timestamp) -> Written {
        self.hand_over(Write::Prune { blocks_before, counters_before })
    }

    /// Resolves when everything handed over before was tried and the store works now.
    pub fn flush(&self) -> Written {
        self.hand_over(Write::Probe)
    }

    /// Whether the last write worked. Cheap: asked for every message.
    pub fn is_healthy(&self) -> bool {
        self.monitor.is_healthy()
    }

    /// How the store does, for the operator.
    pub fn health(&self) -> Health {
        self.monitor.health(self.queue.len())
    }

    fn hand_over(&self, write: Write) -> Written {
        let (done, written) = oneshot::channel();
        if let Err(refused) = self.queue.push(Job::new(write, done)) {
            let full = StoreError::Other(format!("{} writes wait already", Self::MAX_WAITING));
            if refused.must_survive() {
                self.monitor.lost(&full);
            }
            refused.settle(Err(full));
        }
        Written(written)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue.close();
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was reported where it happened.
            let _ = thread.join();
        }
    }
}

/// Resolves to `Ok` when the write is durable. An error means that it is not durable now; a block, its evidence and its
/// alert are tried again until they are.
#[derive(Debug)]
pub struct Written(oneshot::Receiver<Result<(), StoreError>>);

impl Future for Written {
    type Output = Result<(), StoreError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let closed = || StoreError::Other("it was closed before this was written".into());
        Pin::new(&mut self.0).poll(context).map(|told| told.unwrap_or_else(|_| Err(closed())))
    }
}
