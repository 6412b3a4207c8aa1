//! Failed logins: counted, answered while somebody is locked out, and shown to operators. No block: see [`limits::Lockouts`].

use std::sync::Arc;
use std::time::Duration;

use limits::{Ledger, Lockout, LockoutSettings, Lockouts};
use model::{AccountName, Clock, Event, EventSink, Identity, Kept, Refusal, Session, Shelf, SubjectKey, Via};

use crate::journal::Journal;

/// What front ends, the inbound hook and operators do about failed logins. Outlives a configuration.
pub struct Logins {
    lockouts: Arc<Lockouts>,
    ledger: Arc<Ledger>,
    journal: Arc<dyn Journal>,
    events: Arc<dyn EventSink>,
    clock: Arc<dyn Clock>,
}

impl Logins {
    /// Over the locks in force; `ledger` knows who is allow-listed.
    pub fn new(
        lockouts: Arc<Lockouts>,
        ledger: Arc<Ledger>,
        journal: Arc<dyn Journal>,
        events: Arc<dyn EventSink>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { lockouts, ledger, journal, events, clock }
    }

    /// Puts locks in force again that were written down. What can't be read is left out: it would end by itself anyway.
    pub fn restore(&self, records: impl IntoIterator<Item = Kept>) {
        let locks = records.into_iter().filter_map(|kept| serde_json::from_slice(&kept.record).ok());
        self.lockouts.restore(locks, self.clock.now());
    }

    /// Other limits from now on.
    pub fn reload(&self, settings: &LockoutSettings) {
        self.lockouts.reload(settings);
    }

    /// A login failed. A lock that begins with it is in force at once, and written down soon after.
    pub fn failed(&self, via: Via, identity: &Identity) {
        self.events.emit(&Event::LoginFailed { via, identity });
        for lock in self.lockouts.failed(&self.countable(identity), self.clock.now()) {
            self.tell(&lock, "began");
            let record = serde_json::to_vec(&lock).unwrap_or_default();
            let kept = Kept { shelf: Shelf::Lockouts, name: lock.subject.to_string(), at: lock.since, record };
            // The writer itself tells of a failure; the lock is in force without it.
            drop(self.journal.keep(kept));
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

    /// The locks in force, latest first.
    pub fn all(&self) -> Vec<Lockout> {
        self.lockouts.all(self.clock.now())
    }

    /// Lifts a lock on behalf of an operator; `None` when there is none.
    pub fn clear(&self, subject: &SubjectKey) -> Option<Lockout> {
        let lock = self.lockouts.clear(subject)?;
        self.close(&lock, "lifted");
        Some(lock)
    }

    /// Lifts the locks whose time is over.
    pub fn end(&self) {
        for lock in self.lockouts.end(self.clock.now()) {
            self.close(&lock, "ended");
        }
    }

    fn close(&self, lock: &Lockout, change: &'static str) {
        self.tell(lock, change);
        drop(self.journal.forget(Shelf::Lockouts, lock.subject.to_string()));
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
