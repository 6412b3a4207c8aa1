//! What the SMTP proxy refused by itself or on the next hop's word: a line each, so many in a minute, and a count of all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use model::{AccountName, Clock, Declined, Network, Timestamp};
use prometheus::{IntCounter, IntCounterVec, Registry, Result};

use crate::families::{counter, counters};

const PERIOD: Duration = Duration::from_secs(60);
/// Lines in a minute about one client, so that no client fills the log, or hides another.
const EACH: u32 = 20;
/// Lines in a minute in all. It bounds the clients that are remembered, too.
const ALL: u32 = 1000;

/// Takes note of refusals that are not the judge's.
pub(crate) struct Watch {
    clock: Arc<dyn Clock>,
    refusals: IntCounterVec,
    unlogged: IntCounter,
    pace: Mutex<Pace>,
}

#[derive(Default)]
struct Pace {
    since: Timestamp,
    lines: u32,
    by_client: HashMap<Option<Network>, u32>,
    left_out: u64,
}

impl Watch {
    pub(crate) fn new(registry: &Registry, clock: Arc<dyn Clock>) -> Result<Self> {
        let help = "What the SMTP proxy refused by itself or on the next hop's word, by stage and whose word it was.";
        let refusals = counters(registry, "portreeve_proxy_refusals_total", help, &["stage", "by"])?;
        for (stage, by) in [("content", "proxy"), ("mail", "next_hop"), ("rcpt", "next_hop"), ("content", "next_hop")] {
            refusals.with_label_values(&[stage, by]);
        }
        let help = "Refusals of the SMTP proxy that have no line in the log, because there were too many in a minute.";
        let unlogged = counter(registry, "portreeve_proxy_refusals_unlogged_total", help)?;
        Ok(Self { clock, refusals, unlogged, pace: Mutex::default() })
    }

    pub(crate) fn note(&self, declined: &Declined<'_>) {
        self.refusals.with_label_values(&[declined.stage, declined.by]).inc();
        let now = self.clock.now();
        let turn = self.pace.lock().unwrap_or_else(PoisonError::into_inner).turn(declined, now);
        match turn {
            Some(left_out) => log(declined, left_out),
            None => self.unlogged.inc(),
        }
    }
}

impl Pace {
    /// How many lines were left out since the last one, when this one may be written.
    fn turn(&mut self, declined: &Declined<'_>, now: Timestamp) -> Option<u64> {
        if now.since(self.since) >= PERIOD {
            *self = Self { since: now, left_out: self.left_out, ..Self::default() };
        }
        let client = declined.client.map(|client| client.network());
        let before = self.by_client.get(&client).copied().unwrap_or(0);
        if self.lines >= ALL || before >= EACH {
            self.left_out = self.left_out.saturating_add(1);
            return None;
        }
        self.lines += 1;
        self.by_client.insert(client, before + 1);
        Some(std::mem::take(&mut self.left_out))
    }
}

fn log(declined: &Declined<'_>, left_out: u64) {
    tracing::info!(
        via = declined.via.as_str(),
        account = declined.account.map(AccountName::as_str),
        ip = declined.client.map(tracing::field::display),
        stage = declined.stage,
        by = declined.by,
        reply = declined.reply,
        next_hop = declined.next_hop.map(tracing::field::display),
        message_id = declined.message_id,
        left_out = (left_out > 0).then_some(left_out),
        "refused"
    );
}
