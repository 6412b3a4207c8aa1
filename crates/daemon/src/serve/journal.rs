//! The store's writer as the pipeline's journal.

use std::sync::Arc;

use alerts::OutboxHandle;
use limits::{AlertJob, Lockout, LockoutStore, StoreError};
use model::{Block, Evidence, Kept, Shelf, SubjectKey, Timestamp};
use pipeline::{Durably, Journal, LockJournal};
use store::{Writer, Written};
use webhooks::Webhooks;

/// Hands blocks to the writer; wakes outbox and webhooks when there may be something to tell on disk.
pub(crate) struct StoreJournal {
    pub(crate) writer: Arc<Writer>,
    pub(crate) outbox: OutboxHandle,
    pub(crate) webhooks: Webhooks,
}

impl StoreJournal {
    fn waking(&self, written: Written) -> Durably {
        let (outbox, webhooks) = (self.outbox.clone(), self.webhooks.clone());
        Box::pin(async move {
            let result = written.await;
            outbox.wake();
            webhooks.wake();
            result
        })
    }
}

impl Journal for StoreJournal {
    fn open_block(&self, block: Block, evidence: Vec<Evidence>, alert: Option<AlertJob>) -> Durably {
        self.waking(self.writer.open_block(block, evidence, alert))
    }

    fn update_block(&self, block: Block) -> Durably {
        self.waking(self.writer.update_block(block))
    }

    fn keep(&self, record: Kept) -> Durably {
        Box::pin(self.writer.keep(vec![record]))
    }

    fn forget(&self, shelf: Shelf, name: String) -> Durably {
        Box::pin(self.writer.forget(shelf, name))
    }

    fn is_healthy(&self) -> bool {
        self.writer.is_healthy()
    }
}

/// Hands locks to the writer; wakes the webhooks when a change is on disk, whether anybody waits for it or not.
pub(crate) struct StoreLocks {
    pub(crate) writer: Arc<Writer>,
    pub(crate) store: Arc<dyn LockoutStore>,
    pub(crate) webhooks: Webhooks,
}

impl StoreLocks {
    fn write(
        &self,
        must_survive: bool,
        step: impl Fn(&dyn LockoutStore) -> Result<(), StoreError> + Send + 'static,
    ) -> Durably {
        let (store, webhooks) = (Arc::clone(&self.store), self.webhooks.clone());
        Box::pin(self.writer.carry_out(must_survive, move || {
            step(&*store)?;
            webhooks.wake();
            Ok(())
        }))
    }
}

impl LockJournal for StoreLocks {
    fn begin(&self, lock: Lockout) -> Durably {
        self.write(false, move |store| store.begin_lockout(&lock))
    }

    fn lift(&self, subject: SubjectKey, by: String, at: Timestamp) -> Durably {
        self.write(true, move |store| store.lift_lockout(&subject, &by, at))
    }

    fn end(&self, now: Timestamp) -> Durably {
        self.write(false, move |store| store.end_lockouts(now))
    }
}
