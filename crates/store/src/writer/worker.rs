//! The loop of the writing thread.

use std::sync::Arc;
use std::time::Duration;

use limits::{Pruned, Store, StoreError};

use super::health::Monitor;
use super::job::Job;
use super::queue::Queue;

/// The first pause after a failure; it doubles up to [`LONGEST`].
const SHORTEST: Duration = Duration::from_millis(250);
/// A store that was repaired is noticed within this.
const LONGEST: Duration = Duration::from_secs(10);
/// Between two steps of one job, when nothing else waits.
const BREATH: Duration = Duration::from_millis(20);
/// A job that failed so often while the store itself works is given up, or nothing behind it would ever be written.
const MAX_TRIES: u32 = 5;

pub(super) struct Worker {
    store: Arc<dyn Store>,
    queue: Arc<Queue>,
    monitor: Arc<Monitor>,
}

impl Worker {
    pub(super) fn new(store: Arc<dyn Store>, queue: Arc<Queue>, monitor: Arc<Monitor>) -> Self {
        Self { store, queue, monitor }
    }

    /// Until the queue is closed and empty.
    pub(super) fn run(self) {
        let mut pause = None;
        while let Some(mut job) = self.queue.next(pause) {
            match job.perform(&*self.store) {
                Ok(done) => {
                    pause = None;
                    self.monitor.works();
                    self.go_on(job, done);
                }
                Err(error) => {
                    pause = Some(pause.map_or(SHORTEST, |last: Duration| LONGEST.min(last * 2)));
                    self.failed(job, &error);
                }
            }
        }
    }

    /// What is left of a job comes after everything that waits; those who write past the queue get their turn, too. At the end
    /// nobody waits for it: the next start goes on.
    fn go_on(&self, job: Job, done: Pruned) {
        match done {
            Pruned::All => job.settle(Ok(())),
            Pruned::More if self.queue.is_closed() => {}
            Pruned::More => {
                self.queue.put_behind(job);
                self.queue.breathe(BREATH);
            }
        }
    }

    fn failed(&self, mut job: Job, error: &StoreError) {
        self.monitor.fails(error);
        job.tell(Err(error.clone()));
        if job.must_survive() {
            self.keep(job, error);
        }
        self.queue.tell_all(error);
        self.queue.keep_trying();
    }

    fn keep(&self, job: Job, error: &StoreError) {
        let hopeless = job.tries() >= MAX_TRIES && self.store.probe().is_ok();
        if hopeless || self.queue.is_closed() {
            return self.monitor.lost(error);
        }
        self.queue.put_back(job);
    }
}
