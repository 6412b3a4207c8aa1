//! The store's writer as the pipeline's journal.

use std::sync::Arc;

use alerts::OutboxHandle;
use limits::AlertJob;
use model::{Block, Evidence, Kept, Shelf};
use pipeline::{Durably, Journal};
use store::Writer;

/// Hands blocks to the writer; wakes the outbox when a letter may be on disk.
pub(crate) struct StoreJournal {
    pub(crate) writer: Arc<Writer>,
    pub(crate) outbox: OutboxHandle,
}

impl Journal for StoreJournal {
    fn open_block(&self, block: Block, evidence: Vec<Evidence>, alert: Option<AlertJob>) -> Durably {
        let written = self.writer.open_block(block, evidence, alert);
        let outbox = self.outbox.clone();
        Box::pin(async move {
            let result = written.await;
            outbox.wake();
            result
        })
    }

    fn update_block(&self, block: Block) -> Durably {
        let written = self.writer.update_block(block);
        let outbox = self.outbox.clone();
        Box::pin(async move {
            let result = written.await;
            outbox.wake();
            result
        })
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
