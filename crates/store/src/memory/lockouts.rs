//! Locks after failed logins, in memory.

use limits::{Lockout, LockoutStore};
use model::{SubjectKey, Timestamp};

use super::{MemoryStore, Result};

impl LockoutStore for MemoryStore {
    fn begin_lockout(&self, lock: &Lockout) -> Result<()> {
        let mut state = self.state();
        let earlier = state.lockouts.insert(lock.subject.clone(), lock.clone());
        if earlier.as_ref() != Some(lock) {
            state.deliveries.note(earlier.map(|earlier| earlier.has_ended()));
            state.deliveries.note([lock.has_begun()]);
        }
        Ok(())
    }

    fn lift_lockout(&self, subject: &SubjectKey, by: &str, at: Timestamp) -> Result<()> {
        let mut state = self.state();
        let lifted = state.lockouts.remove(subject);
        state.deliveries.note(lifted.map(|lock| lock.has_been_lifted(by, at)));
        Ok(())
    }

    fn end_lockouts(&self, now: Timestamp) -> Result<()> {
        let mut state = self.state();
        let mut over: Vec<_> = state.lockouts.values().filter(|lock| lock.until <= now).cloned().collect();
        over.sort_by(|a, b| (a.until, &a.subject).cmp(&(b.until, &b.subject)));
        state.lockouts.retain(|_, lock| lock.until > now);
        state.deliveries.note(over.iter().map(Lockout::has_ended));
        Ok(())
    }

    fn lockouts(&self) -> Result<Vec<Lockout>> {
        let mut all: Vec<_> = self.state().lockouts.values().cloned().collect();
        all.sort_by(|a, b| (a.since, &a.subject).cmp(&(b.since, &b.subject)));
        Ok(all)
    }
}
