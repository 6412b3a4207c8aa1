//! One write and who waits for it.

use limits::{AlertJob, Pruned, Snapshot, Store, StoreError};
use model::{Block, BlockRef, Evidence, Kept, Shelf, Timestamp};
use tokio::sync::oneshot;

/// What is to be written.
pub(super) enum Write {
    OpenBlock { block: Box<Block>, evidence: Vec<Evidence>, alert: Option<Box<AlertJob>> },
    UpdateBlock(Box<Block>),
    AddEvidence { block: BlockRef, evidence: Vec<Evidence> },
    Counters(Vec<Snapshot>),
    Keep(Vec<Kept>),
    Forget { shelf: Shelf, name: String },
    Prune { blocks_before: Timestamp, counters_before: Timestamp },
    PruneKept { before: Timestamp },
    Step { must_survive: bool, step: Step },
    Probe,
}

/// A write of another seam than [`Store`].
pub(super) type Step = Box<dyn Fn() -> Result<(), StoreError> + Send>;

impl Write {
    /// Whether it is kept and tried again when the store fails.
    pub(super) fn must_survive(&self) -> bool {
        match self {
            Self::OpenBlock { .. } | Self::UpdateBlock(_) | Self::AddEvidence { .. } => true,
            Self::Keep(records) => records.iter().any(|kept| kept.shelf.must_survive()),
            Self::Forget { shelf, .. } => shelf.must_survive(),
            Self::Step { must_survive, .. } => *must_survive,
            Self::Counters(_) | Self::Prune { .. } | Self::PruneKept { .. } | Self::Probe => false,
        }
    }

    fn perform(&self, store: &dyn Store) -> Result<Pruned, StoreError> {
        match self {
            Self::PruneKept { before } => return store.prune_kept(*before, STEP),
            Self::Prune { blocks_before, counters_before } => {
                return store.prune(*blocks_before, *counters_before, STEP);
            }
            Self::OpenBlock { block, evidence, alert } => store.open_block(block, evidence, alert.as_deref()),
            Self::UpdateBlock(block) => store.update_block(block),
            Self::AddEvidence { block, evidence } => store.add_evidence(block, evidence),
            Self::Counters(snapshots) => store.save_counters(snapshots),
            Self::Keep(records) => store.save_kept(records),
            Self::Forget { shelf, name } => store.forget_kept(*shelf, name),
            Self::Step { step, .. } => step(),
            Self::Probe => store.probe(),
        }
        .map(|()| Pruned::All)
    }
}

/// A write, who waits for it, and how often it was tried.
pub(super) struct Job {
    write: Write,
    done: Option<oneshot::Sender<Result<(), StoreError>>>,
    tries: u32,
}

impl Job {
    pub(super) fn new(write: Write, done: oneshot::Sender<Result<(), StoreError>>) -> Self {
        Self { write, done: Some(done), tries: 0 }
    }

    /// Only asks whether the store works; nobody waits for the answer.
    pub(super) fn probe() -> Self {
        Self { write: Write::Probe, done: None, tries: 0 }
    }

    /// Makes the write, or a step of it: what forgets is done in steps, and the others' writes between two of them.
    pub(super) fn perform(&mut self, store: &dyn Store) -> Result<Pruned, StoreError> {
        self.tries += 1;
        self.write.perform(store)
    }

    pub(super) fn tries(&self) -> u32 {
        self.tries
    }

    pub(super) fn must_survive(&self) -> bool {
        self.write.must_survive()
    }

    /// Tells who waits that it failed for now; the job itself may go on.
    pub(super) fn tell(&mut self, outcome: Result<(), StoreError>) {
        if let Some(done) = self.done.take() {
            // Whoever has gone away meanwhile doesn't need to know.
            let _ = done.send(outcome);
        }
    }

    /// Tells who waits; the job is over.
    pub(super) fn settle(mut self, outcome: Result<(), StoreError>) {
        self.tell(outcome);
    }

    /// Takes up the counters of `other`, so that both become one transaction. Gives it back when it is something else
    /// or too much.
    pub(super) fn join(&mut self, mut other: Self) -> Result<(), Self> {
        match (&mut self.write, &mut other.write) {
            (Write::Counters(ours), Write::Counters(theirs)) if ours.len() + theirs.len() <= MAX_JOINED => {
                ours.append(theirs);
                Ok(())
            }
            _ => Err(other),
        }
    }
}

/// Rows that are forgotten in one transaction.
const STEP: usize = 1000;

/// Counters written in one transaction: about 0.1 s of disk.
const MAX_JOINED: usize = 20_000;
