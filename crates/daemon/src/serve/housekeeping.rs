//! What happens by itself: counters are written down, blocks end, what is old is forgotten.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use limits::Ledger;
use model::Clock;
use pipeline::{Blocking, Policy};
use store::{StoreSettings, Writer};
use tokio::time::{MissedTickBehavior, interval};

const SWEEP: Duration = Duration::from_secs(1);
const TIDY: Duration = Duration::from_secs(60);
const PRUNE: Duration = Duration::from_secs(3600);

/// The parts that need looking after.
pub(crate) struct Housekeeping {
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) writer: Arc<Writer>,
    pub(crate) blocking: Blocking,
    pub(crate) policy: Arc<ArcSwap<Policy>>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Housekeeping {
    /// Runs until it is dropped.
    pub(crate) async fn run(self, settings: StoreSettings) {
        let [mut sweep, mut tidy, mut prune, mut snapshot] =
            [SWEEP, TIDY, PRUNE, settings.snapshot_interval].map(|period| {
                let mut timer = interval(period);
                timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
                timer
            });
        loop {
            tokio::select! {
                _ = sweep.tick() => self.sweep().await,
                _ = tidy.tick() => self.ledger.tidy(self.clock.now()),
                _ = snapshot.tick() => snapshot_now(&self.ledger, &self.writer, self.clock.now()),
                _ = prune.tick() => self.prune(&settings),
            }
        }
    }

    async fn sweep(&self) {
        let ended = self.ledger.sweep(self.clock.now());
        if !ended.is_empty() {
            self.blocking.apply(ended, &self.policy.load()).await;
        }
        for report in self.ledger.reports() {
            tracing::warn!(subject = %report.subject, rule = report.reason.rule, "{}", report.reason.sentence);
        }
    }

    fn prune(&self, settings: &StoreSettings) {
        let now = self.clock.now();
        drop(self.writer.prune(now.before(settings.keep_blocks), now.before(settings.keep_counters)));
    }
}

/// Hands over what was counted since the last time.
pub(crate) fn snapshot_now(ledger: &Ledger, writer: &Writer, now: model::Timestamp) {
    let changed = ledger.dirty_snapshots(now);
    if !changed.is_empty() {
        writer.save_counters(changed);
    }
}
