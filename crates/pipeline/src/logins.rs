//! Failed logins: counted, answered while somebody is locked out, and shown to operators. No block: see [`limits::Lockouts`].

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use limits::{Ledger, Lockout, LockoutSettings, Lockouts};
use model::{AccountName, Clock, Event, EventSink, Identity, Refusal, Session, SubjectKey, Timestamp, Via};

use crate::journal::Durably;

/// Writes locks down, in order, each change with what it is to other programs (see [`limits::LockoutStore`]).
pub trait LockJournal: Send + Sync {
    /// A lock has begun. While the store fails this is not tried again: guesses must not crowd out blocks.
    fn begin(&self, lock: Lockout) -> Durably;
    /// Somebody has lifted a lock.
    fn lift(&self, subject: SubjectKey, by: String, at: Timestamp) -> Durably;
    /// Ends every lock whose time is over.
    fn end(&self, now: Timestamp) -> Durably;
}

/// What front ends, the inbound hook and operators do about failed logins. Outlives a configuration.
pub struct Logins {
    lockouts: Arc<Lockouts>,
    ledger: Arc<Ledger>,
    journal: Arc<dyn LockJournal>,
    events: Arc<dyn EventSink>,
    clock: Arc<dyn Clock>,
    /// Locks may have ended whose end is not written; at first, those that ended while nobody ran.
    owes: AtomicBool,
}

impl Logins {
    /// Over the locks in force; `ledger` knows who is allow-listed.
    pub fn new(
        lockouts: Arc<Lockouts>,
        ledger: Arc<Ledger>,
        journal: Arc<dyn LockJournal>,
        events: Arc<dyn EventSink>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { lockouts, ledger, journal, events, clock, owes: AtomicBool::new(true) }
    }

    /// Puts locks in force again that were written down.
    pub fn restore(&self, locks: impl IntoIterator<Item = Lockout>) {
        self.lockouts.restore(locks, self.clock.now());
    }

    /// Other limits from now on.
    pub fn reload(&self, settings: &LockoutSettings) {
        self.lockouts.reload(settings);
    }

    /// A login failed. A lock that begins with it is in force at once, and written down soon after.
    pub fn failed(&self, via: Via, identity: &Identity) {
        self.events.emit(&Event::LoginFailed { via, identity });
        let (identity, now) = (self.countable(identity), self.clock.now());
        for over in self.lockouts.end_of(&identity, now) {
            self.tell(&over, "ended");
            self.owes.store(true, Ordering::Relaxed);
        }
        for lock in self.lockouts.failed(&identity, now) {
            self.tell(&lock, "began");
            // The writer itself tells of a failure; the lock is in force without it.
            drop(self.journal.begin(lock));
        }
    }

    /// A login succeeded.
    pub fn succeeded(&self, identity: &Identity) {
        self.lockouts.succeeded(identity);
    }

    /// The lock that forbids this login.
    pub fn locked(&self, identity: &Identity) -> Option<Lockout> {
        self.lockouts.locked(&self.countable(identity), self.clock.now())
    }

    /// The lock of that account or network, when it is in force.
    pub fn of(&self, subject: &SubjectKey) -> Option<Lockout> {
        self.lockouts.of(subject, self.clock.now())
    }

    /// The locks in force, latest first.
    pub fn all(&self) -> Vec<Lockout> {
        self.lockouts.all(self.clock.now())
    }

    /// Lifts a lock on behalf of an operator; `None` when there is none. When this returns, that is in force, and durable
    /// unless the store fails: then it is written as soon as the store works again.
    pub async fn clear(&self, subject: &SubjectKey, by: &str) -> Option<Lockout> {
        let lock = self.lockouts.clear(subject)?;
        self.tell(&lock, "lifted");
        // The writer itself tells of a failure.
        let _ = self.journal.lift(subject.clone(), by.to_owned(), self.clock.now()).await;
        Some(lock)
    }

    /// Lifts the locks whose time is over. What can't be written is written by a later call.
    pub async fn end(&self) {
        let now = self.clock.now();
        let over = self.lockouts.end(now);
        over.iter().for_each(|lock| self.tell(lock, "ended"));
        let owed = self.owes.swap(false, Ordering::Relaxed) || !over.is_empty();
        if owed && self.journal.end(now).await.is_err() {
            self.owes.store(true, Ordering::Relaxed);
        }
    }

    fn tell(&self, lock: &Lockout, change: &'static str) {
        let Lockout { subject, failures, until, .. } = lock;
        self.events.emit(&Event::LockoutChanged { subject, failures: *failures, until: *until, change });
    }

    /// Networks the operator has allow-listed are gateways of many: they are never locked. Neither is this host itself.
    fn countable(&self, identity: &Identity) -> Identity {
        let is_gateway = |ip| self.ledger.is_allowed(&SubjectKey::Ip(ip)) || ip.net().addr().is_loopback();
        Identity { network: identity.network.filter(|ip| !is_gateway(*ip)), ..identity.clone() }
    }
}

/// Who tries to log in.
pub(crate) fn identity(session: &Session, account: Option<&AccountName>) -> Identity {
    Identity { account: account.cloned(), network: session.client.map(model::ClientAddr::network), domain: None }
}

/// "454 4.7.0 Too many failed logins for bob@shop.example: …" (RFC 4954 4.7.6 keeps 454 for what passes): a client must not take it for a wrong password and ask
/// for another.
pub(crate) fn refusal(lock: &Lockout, left: Duration) -> Refusal {
    let whom = match &lock.subject {
        SubjectKey::Account(name) => name.to_string(),
        other => format!("the address {}", other.name()),
    };
    let text = format!(
        "Too many failed logins for {whom}: the password isn't looked at. Try again in {}. Sending isn't blocked for spam.",
        model::time::spoken(left)
    );
    Refusal { code: 454, enhanced: [4, 7, 0], ..Refusal::temporary(text, left) }
}
