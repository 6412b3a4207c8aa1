//! Failed logins: an account or a client's network that guesses passwords is locked out for a while.
//!
//! A state of its own beside blocks: it counts no spam, leaves no strike, asks nobody, and ends by itself.
//!
//! Security: the names are those that whoever guesses chooses. Memory is bounded: counts that were not touched for longest go first, so
//! that a flood of made-up names costs real ones their count at worst, never the daemon its memory, and a lock that began is
//! kept until its end. Counts are volatile; locks are written down by whoever calls, in a [`LockoutStore`].

mod generations;
mod happened;
mod settings;
mod store;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;
use foldhash::{HashMap, HashMapExt};
use model::{AccountName, Identity, Network, SubjectKey, SubjectKind, Timestamp};
use serde::{Deserialize, Serialize};

use generations::Generations;
pub use settings::LockoutSettings;
pub use store::LockoutStore;

/// A lock as it is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lockout {
    /// The account, or the client's network.
    pub subject: SubjectKey,
    /// When it began.
    pub since: Timestamp,
    /// When it ends by itself.
    pub until: Timestamp,
    /// The failed logins that led to it.
    pub failures: u32,
    /// Where the last of them came from.
    pub network: Option<Network>,
}

/// Failed logins in a row.
#[derive(Debug, Clone, Copy)]
struct Tally {
    failures: u32,
    last: Timestamp,
}

struct State {
    tallies: Generations<SubjectKey, Tally>,
    /// Where accounts logged in from last; only successes enter, so that failures can't push them out.
    familiar: Generations<AccountName, Network>,
    locked: HashMap<SubjectKey, Lockout>,
}

/// Counts failed logins and knows who is locked. Shared by all sessions; no call waits.
pub struct Lockouts {
    settings: ArcSwap<LockoutSettings>,
    state: Mutex<State>,
}

impl Lockouts {
    /// Knows of nobody.
    pub fn new(settings: &LockoutSettings) -> Self {
        let capacity = settings.capacity();
        let (tallies, familiar) = (Generations::new(capacity), Generations::new(capacity));
        let state = State { tallies, familiar, locked: HashMap::new() };
        Self { settings: ArcSwap::from_pointee(settings.clone()), state: Mutex::new(state) }
    }

    /// Other limits from now on; locks that are in force keep their end.
    pub fn reload(&self, settings: &LockoutSettings) {
        let mut state = self.state();
        state.tallies.resize(settings.capacity());
        state.familiar.resize(settings.capacity());
        self.settings.store(Arc::new(settings.clone()));
    }

    /// Puts locks in force again that were written down; those whose time is over are left out.
    pub fn restore(&self, locks: impl IntoIterator<Item = Lockout>, now: Timestamp) {
        let current = locks.into_iter().filter(|lock| lock.until > now);
        self.state().locked.extend(current.map(|lock| (lock.subject.clone(), lock)));
    }

    /// The lock that forbids this client to log in, as this account where it is known already.
    pub fn locked(&self, identity: &Identity, now: Timestamp) -> Option<Lockout> {
        let state = self.state();
        identity.subjects().find_map(|subject| {
            let lock = state.locked.get(&subject).filter(|lock| lock.until > now)?;
            (!state.is_familiar(&subject, identity.network)).then(|| lock.clone())
        })
    }

    /// Lifts the locks of whoever tries to log in whose time is over, and returns them: a new one would take their place.
    pub fn end_of(&self, identity: &Identity, now: Timestamp) -> Vec<Lockout> {
        let mut state = self.state();
        identity.subjects().filter_map(|subject| state.end_one(&subject, now)).collect()
    }

    /// A login failed. The locks that begin with it.
    pub fn failed(&self, identity: &Identity, now: Timestamp) -> Vec<Lockout> {
        let settings = self.settings.load();
        let mut state = self.state();
        let subjects = identity.subjects().filter(|subject| subject.kind() != SubjectKind::Domain);
        subjects.filter_map(|subject| state.count(subject, identity.network, &settings, now)).collect()
    }

    /// A login succeeded: the account's failures are forgotten. Those of the client's network stay, or a thief would log in as
    /// himself between two guesses.
    pub fn succeeded(&self, identity: &Identity) {
        let Some(account) = &identity.account else { return };
        let mut state = self.state();
        state.tallies.remove(&SubjectKey::Account(account.clone()));
        if let Some(network) = identity.network {
            state.familiar.insert(account.clone(), network);
        }
    }

    /// The lock of that account or network, when it is in force.
    pub fn of(&self, subject: &SubjectKey, now: Timestamp) -> Option<Lockout> {
        self.state().locked.get(subject).filter(|lock| lock.until > now).cloned()
    }

    /// The locks in force, latest first.
    pub fn all(&self, now: Timestamp) -> Vec<Lockout> {
        let mut locks: Vec<_> = self.state().locked.values().filter(|lock| lock.until > now).cloned().collect();
        locks.sort_by(|a, b| (b.since, &b.subject).cmp(&(a.since, &a.subject)));
        locks
    }

    /// Lifts a lock, and forgets the failures that led to it.
    pub fn clear(&self, subject: &SubjectKey) -> Option<Lockout> {
        let mut state = self.state();
        state.tallies.remove(subject);
        state.locked.remove(subject)
    }

    /// Lifts the locks whose time is over, and returns them.
    pub fn end(&self, now: Timestamp) -> Vec<Lockout> {
        let mut state = self.state();
        let over: Vec<_> = state.locked.values().filter(|lock| lock.until <= now).cloned().collect();
        over.iter().for_each(|lock| drop(state.locked.remove(&lock.subject)));
        over
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Whether an account's lock does not concern this client.
    fn is_familiar(&self, subject: &SubjectKey, network: Option<Network>) -> bool {
        let SubjectKey::Account(account) = subject else { return false };
        network.is_some() && self.familiar.peek(account).copied() == network
    }

    fn end_one(&mut self, subject: &SubjectKey, now: Timestamp) -> Option<Lockout> {
        let is_over = self.locked.get(subject)?.until <= now;
        if is_over { self.locked.remove(subject) } else { None }
    }

    fn count(
        &mut self,
        subject: SubjectKey,
        network: Option<Network>,
        settings: &LockoutSettings,
        now: Timestamp,
    ) -> Option<Lockout> {
        let limit = limit_of(&subject, settings);
        if limit == 0 || self.locked.get(&subject).is_some_and(|lock| lock.until > now) {
            return None;
        }
        let earlier = self.tallies.peek(&subject).filter(|tally| now.since(tally.last) <= settings.window);
        let failures = earlier.map_or(0, |tally| tally.failures).saturating_add(1);
        let has_room = self.locked.len() < settings.capacity();
        if failures < limit || !has_room {
            self.tallies.insert(subject, Tally { failures, last: now });
            return None;
        }
        self.tallies.remove(&subject);
        let lock = Lockout { subject, since: now, until: now.after(settings.duration), failures, network };
        self.locked.insert(lock.subject.clone(), lock.clone());
        Some(lock)
    }
}

fn limit_of(subject: &SubjectKey, settings: &LockoutSettings) -> u32 {
    match subject {
        SubjectKey::Account(_) => settings.account_failures,
        SubjectKey::Ip(_) => settings.client_failures,
        SubjectKey::Domain(_) => 0,
    }
}

#[cfg(test)]
mod tests;
