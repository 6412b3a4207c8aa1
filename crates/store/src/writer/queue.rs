//! Jobs that wait, in order and bounded.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use limits::StoreError;

use super::job::Job;

pub(super) struct Queue {
    max: usize,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    /// A job came since the last was taken: a reason to try a failing store again at once.
    arrived: bool,
    closed: bool,
}

impl State {
    fn join_last(&mut self, job: Job) -> Result<(), Job> {
        match self.jobs.back_mut() {
            Some(last) => last.join(job),
            None => Err(job),
        }
    }
}

impl Queue {
    pub(super) fn new(max: usize) -> Self {
        Self { max, state: Mutex::default(), changed: Condvar::new() }
    }

    /// Queues a job, or gives it back when the queue is full.
    pub(super) fn push(&self, job: Job) -> Result<(), Job> {
        let mut state = self.lock();
        if let Err(job) = state.join_last(job) {
            if state.jobs.len() >= self.max {
                return Err(job);
            }
            state.jobs.push_back(job);
        }
        state.arrived = true;
        self.changed.notify_one();
        Ok(())
    }

    /// Puts a job that failed where it came from.
    pub(super) fn put_back(&self, job: Job) {
        self.lock().jobs.push_front(job);
    }

    /// Puts what is left of a job behind all others.
    pub(super) fn put_behind(&self, job: Job) {
        self.lock().jobs.push_back(job);
    }

    /// Waits while there is nothing but what is left of a job.
    pub(super) fn breathe(&self, pause: Duration) {
        let idle = |state: &mut State| state.jobs.len() <= 1 && !state.closed;
        drop(self.changed.wait_timeout_while(self.lock(), pause, idle));
    }

    /// The next job, as soon as there is one. With a pause, not before it is over, unless another job arrives.
    /// `None` when the queue is closed and empty.
    pub(super) fn next(&self, pause: Option<Duration>) -> Option<Job> {
        let mut state = self.lock();
        if let Some(pause) = pause {
            let waited = self.changed.wait_timeout_while(state, pause, |state| !state.arrived && !state.closed);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        let idle = |state: &mut State| state.jobs.is_empty() && !state.closed;
        let mut state = self.changed.wait_while(state, idle).unwrap_or_else(PoisonError::into_inner);
        state.arrived = false;
        state.jobs.pop_front()
    }

    /// The store failed: tells everyone who waits, and lets go of what need not survive.
    pub(super) fn tell_all(&self, error: &StoreError) {
        let mut state = self.lock();
        state.jobs.iter_mut().for_each(|job| job.tell(Err(error.clone())));
        state.jobs.retain(Job::must_survive);
    }

    /// Leaves something to try a failed store with. While mail waits for the store nothing is counted and no write comes
    /// by itself: without this a store that works again would never be noticed.
    pub(super) fn keep_trying(&self) {
        let mut state = self.lock();
        if state.jobs.is_empty() && !state.closed {
            state.jobs.push_back(Job::probe());
        }
    }

    /// No more jobs come; what is queued is still handed out, without pauses.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_one();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    pub(super) fn len(&self) -> usize {
        self.lock().jobs.len()
    }

    /// A panic elsewhere never leaves the queue half changed.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
