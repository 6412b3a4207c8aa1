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

/// Changes that are on their way to the disk, in their order.
#[must_use = "what was handed over is made known by settling it"]
#[derive(Default)]
pub struct HandedOver(Vec<(Block, Durably)>);

impl HandedOver {
    /// Whether nothing has changed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// These, and then those.
    pub fn and(mut self, later: Self) -> Self {
        self.0.extend(later.0);
        self
    }
}

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

    /// Hands changes to the journal, in their order. Where they are made is where this is called: in the turn that
    /// [`limits::Ledger::counting`] or [`limits::Ledger::changing`] gives.
    pub fn hand_over(&self, changes: impl IntoIterator<Item = Transition>, policy: &Policy) -> HandedOver {
        let handed = changes.into_iter().map(|change| match change {
            Transition::Blocked { block, evidence } => self.begin(*block, evidence, policy),
            Transition::Changed { block } => (Block::clone(&block), self.journal.update_block(*block)),
        });
        HandedOver(handed.collect())
    }

    fn begin(&self, block: Block, evidence: Vec<Evidence>, policy: &Policy) -> (Block, Durably) {
        let alert = policy.alerts.then(|| AlertJob::first(&block, &policy.node));
        let written = self.journal.open_block(block.clone(), evidence, alert);
        (block, written)
    }

    /// Makes what was handed over known, each change when it is durable or has waited for that.
    pub async fn settle(&self, handed: HandedOver, policy: &Policy) {
        for (block, written) in handed.0 {
            self.tell(written, &block, policy).await;
        }
    }

    /// A failure is told by the journal itself, once; slowness is told here.
    async fn tell(&self, written: Durably, block: &Block, policy: &Policy) {
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
