//! A session refused before its content was seen.

use model::{AccountName, Identity, Via};
use prometheus::{IntCounterVec, Registry, Result};

use crate::families::{counters, total};

/// [`model::Event::Refused`].
pub(crate) struct Refused<'a> {
    pub(crate) via: Via,
    pub(crate) identity: &'a Identity,
    pub(crate) stage: &'static str,
    pub(crate) reason: &'static str,
    pub(crate) reply: &'a str,
    pub(crate) monitored: bool,
}

/// Shown as 0 from the start: a counter that begins with its first event hides it from `increase`.
const FAMILIAR: [[&str; 2]; 6] = [
    ["auth", "lockout"],
    ["connect", "blocked"],
    ["mail", "blocked"],
    ["mail", "rate"],
    ["mail", "store"],
    ["rcpt", "rate"],
];

/// Takes note of early refusals.
pub(crate) struct Watch {
    refusals: IntCounterVec,
    monitored: IntCounterVec,
}

impl Watch {
    pub(crate) fn new(registry: &Registry) -> Result<Self> {
        let refusals = "Sessions and transactions refused before content was seen, by stage and reason.";
        let monitored = "Early refusals that monitor mode only noted, by stage and reason.";
        let labels = ["stage", "reason"];
        let watch = Self {
            refusals: counters(registry, "portreeve_refusals_total", refusals, &labels)?,
            monitored: counters(registry, "portreeve_monitored_refusals_total", monitored, &labels)?,
        };
        for labels in FAMILIAR {
            watch.refusals.with_label_values(&labels);
            watch.monitored.with_label_values(&labels);
        }
        Ok(watch)
    }

    /// Sessions and transactions that were really refused.
    pub(crate) fn total(&self) -> u64 {
        total(&self.refusals)
    }

    pub(crate) fn note(&self, refused: &Refused<'_>) {
        let family = if refused.monitored { &self.monitored } else { &self.refusals };
        family.with_label_values(&[refused.stage, refused.reason]).inc();
        tracing::info!(
            via = refused.via.as_str(),
            account = refused.identity.account.as_ref().map(AccountName::as_str),
            ip = refused.identity.network.map(tracing::field::display),
            stage = refused.stage,
            reason = refused.reason,
            reply = refused.reply,
            monitored = refused.monitored,
            "refused"
        );
    }
}
