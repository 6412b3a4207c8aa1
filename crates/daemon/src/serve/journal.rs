//! The store's writer as the pipeline's journal.

use std::sync::Arc;

use alerts::OutboxHandle;
use limits::AlertJob;
use model::{Block, Evidence, Kept, Shelf};
use pipeline::{Durably, Journal};
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
