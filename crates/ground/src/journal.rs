//! A journal without a thread.

use std::sync::Arc;

use limits::{AlertJob, Lockout, LockoutStore, Store, StoreError};
use model::{Block, Evidence, Kept, Shelf, SubjectKey, Timestamp};
use pipeline::{Durably, Journal, LockJournal};

/// What is handed in is written before the call returns.
pub struct Straight<S: ?Sized>(pub Arc<S>);

fn done(written: Result<(), StoreError>) -> Durably {
    Box::pin(std::future::ready(written))
}

impl<S: Store + ?Sized> Journal for Straight<S> {
    fn open_block(&self, block: Block, evidence: Vec<Evidence>, alert: Option<AlertJob>) -> Durably {
        done(self.0.open_block(&block, &evidence, alert.as_ref()))
    }

    fn update_block(&self, block: Block) -> Durably {
        done(self.0.update_block(&block))
    }

    fn keep(&self, record: Kept) -> Durably {
        done(self.0.save_kept(&[record]))
    }

    fn forget(&self, shelf: Shelf, name: String) -> Durably {
        done(self.0.forget_kept(shelf, &name))
    }

    fn is_healthy(&self) -> bool {
        true
    }
}

impl<S: LockoutStore + ?Sized> LockJournal for Straight<S> {
    fn begin(&self, lock: Lockout) -> Durably {
        done(self.0.begin_lockout(&lock))
    }

    fn lift(&self, subject: SubjectKey, by: String, at: Timestamp) -> Durably {
        done(self.0.lift_lockout(&subject, &by, at))
    }

    fn end(&self, now: Timestamp) -> Durably {
        done(self.0.end_lockouts(now))
    }
}
