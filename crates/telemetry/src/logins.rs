//! Failed logins, and who is locked out for them.

use model::{AccountName, Identity, SubjectKey, SubjectKind, Timestamp, Via};
use prometheus::{IntCounterVec, Registry, Result};

use crate::families::counters;

/// [`model::Event::LockoutChanged`].
pub(crate) struct Changed<'a> {
    pub(crate) subject: &'a SubjectKey,
    pub(crate) failures: u32,
    pub(crate) until: Timestamp,
    pub(crate) change: &'static str,
}

/// Takes note of failed logins and lockouts.
pub(crate) struct Watch {
    failed: IntCounterVec,
    lockouts: IntCounterVec,
}

impl Watch {
    pub(crate) fn new(registry: &Registry) -> Result<Self> {
        let failed = "Failed logins, by the door they were seen at (http: told by another server).";
        let lockouts = "Accounts and client networks that failed logins locked, by kind and by what happened.";
        let watch = Self {
            failed: counters(registry, "portreeve_failed_logins_total", failed, &["via"])?,
            lockouts: counters(registry, "portreeve_lockouts_total", lockouts, &["kind", "change"])?,
        };
        for kind in [SubjectKind::Account, SubjectKind::Ip] {
            watch.lockouts.with_label_values(&[kind.as_str(), "began"]);
        }
        for via in [Via::Proxy, Via::Http] {
            watch.failed.with_label_values(&[via.as_str()]);
        }
        Ok(watch)
    }

    pub(crate) fn failed(&self, via: Via, identity: &Identity) {
        self.failed.with_label_values(&[via.as_str()]).inc();
        tracing::info!(
            via = via.as_str(),
            account = identity.account.as_ref().map(AccountName::as_str),
            ip = identity.network.map(tracing::field::display),
            "a login failed"
        );
    }

    pub(crate) fn changed(&self, changed: &Changed<'_>) {
        let (kind, name) = (changed.subject.kind().as_str(), changed.subject.name());
        self.lockouts.with_label_values(&[kind, changed.change]).inc();
        tracing::warn!(
            kind,
            subject = name.as_str(),
            failures = changed.failures,
            until = %changed.until,
            change = changed.change,
            "lockout after failed logins"
        );
    }
}
