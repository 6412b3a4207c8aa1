//! A block that tripped becomes durable, then known: store first, alert with it, event after.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use limits::AlertJob;
use model::standing::Transition;
use model::{Block, Event, EventSink, Evidence};

use crate::journal::{Durably, Journal};
use crate::policy::{Mode, Policy};

/// A session that trips a block waits this long for the disk, then the block stands in memory and the write goes on.
const PATIENCE: Duration = Duration::from_secs(2);

/// Carries transitions to the journal and the event sink.
#[derive(Clone)]
pub struct Blocking {
    journal: Arc<dyn Journal>,
    events: Arc<dyn EventSink>,
    slow: Arc<AtomicBool>,
}

impl Blocking {
    /// Over the running journal.
    pub fn new(journal: Arc<dyn Journal>, events: Arc<dyn EventSink>) -> Self {
        Self { journal, events, slow: Arc::default() }
    }

    /// The journal behind it.
    pub fn journal(&self) -> Arc<dyn Journal> {
        Arc::clone(&self.journal)
    }

    /// Where what happens is told.
    pub fn events(&self) -> Arc<dyn EventSink> {
        Arc::clone(&self.events)
    }

    /// Whether the journal's last writes worked.
    pub fn is_durable(&self) -> bool {
        self.journal.is_healthy()
    }

    /// Makes the changes durable and known, in their order.
    pub async fn apply(&self, transitions: Vec<Transition>, policy: &Policy) {
        for transition in transitions {
            match transition {
                Transition::Blocked { block, evidence } => self.begin(*block, evidence, policy).await,
                Transition::Changed { block } => self.change(*block, policy).await,
            }
        }
    }

    async fn begin(&self, block: Block, evidence: Vec<Evidence>, policy: &Policy) {
        let alert = policy.alerts.then(|| AlertJob::first(&block, &policy.node));
        let written = self.journal.open_block(block.clone(), evidence, alert);
        self.settle(written, &block, policy).await;
    }

    async fn change(&self, block: Block, policy: &Policy) {
        let written = self.journal.update_block(block.clone());
        self.settle(written, &block, policy).await;
    }

    /// A failure is told by the journal itself, once; slowness is told here.
    async fn settle(&self, written: Durably, block: &Block, policy: &Policy) {
        let slow = tokio::time::timeout(PATIENCE, written).await.is_err();
        let part = "store_latency";
        match (self.slow.swap(slow, Ordering::Relaxed), slow) {
            (_, true) => {
                let error = "the store takes more than 2 s for a block; it is enforced from memory meanwhile";
                self.events.emit(&Event::Degraded { part, policy: "continue", error });
            }
            (true, false) => self.events.emit(&Event::Recovered { part }),
            (false, false) => {}
        }
        self.events.emit(&Event::BlockChanged { block, monitored: policy.mode == Mode::Monitor });
    }
}
