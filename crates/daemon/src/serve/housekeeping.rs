//! What happens by itself: counters and what was seen are written down, blocks end, what is old is forgotten.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use limits::Ledger;
use model::{Clock, SubjectKey};
use pipeline::{Blocking, HandedOver, Logins, Policy, Reports};
use recall::Recall;
use store::{StoreSettings, Writer};
use tokio::time::{Interval, MissedTickBehavior, interval};

const SWEEP: Duration = Duration::from_secs(1);
const TIDY: Duration = Duration::from_secs(60);
const PRUNE: Duration = Duration::from_secs(3600);
/// Records encoded at a time. Encoded they are many times as large: all at once they would be most of the daemon's memory.
const BATCH: usize = 256;
/// Snapshots of what was seen that nobody renewed for so long say nothing any more.
const KEEP_SEEN: Duration = Duration::from_secs(90 * 86_400);

/// The parts that need looking after.
pub(crate) struct Housekeeping {
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) recall: Arc<Recall>,
    pub(crate) writer: Arc<Writer>,
    pub(crate) blocking: Blocking,
    pub(crate) logins: Arc<Logins>,
    pub(crate) policy: Arc<ArcSwap<Policy>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) reports: Arc<Reports>,
}

impl Housekeeping {
    /// Runs until it is dropped. A slow disk holds up the snapshots, not the rest.
    pub(crate) async fn run(self, settings: StoreSettings) {
        tokio::join!(self.upkeep(&settings), self.snapshots(settings.snapshot_interval), self.reports());
    }

    async fn upkeep(&self, settings: &StoreSettings) {
        let [mut sweep, mut tidy, mut prune] = [SWEEP, TIDY, PRUNE].map(every);
        loop {
            tokio::select! {
                _ = sweep.tick() => self.sweep().await,
                _ = tidy.tick() => self.ledger.tidy(self.clock.now()),
                _ = prune.tick() => self.prune(settings),
            }
        }
    }

    async fn snapshots(&self, period: Duration) {
        let mut timer = every(period);
        loop {
            timer.tick().await;
            snapshot_now(&self.ledger, &self.writer, self.clock.now()).await;
            keep_now(&self.recall, &self.writer, self.clock.now()).await;
        }
    }

    /// What is still to be done of decisions, at start too; messages whose time is over.
    async fn reports(&self) {
        let mut timer = every(TIDY);
        loop {
            timer.tick().await;
            if let Err(error) = self.reports.resume().await {
                tracing::error!("what was decided about a report could not be done yet, and is tried again: {error}");
            }
            let reports = Arc::clone(&self.reports);
            let pruned = tokio::task::spawn_blocking(move || reports.prune()).await;
            if let Ok(Err(error)) = pruned {
                tracing::error!("messages of decided reports could not be forgotten yet: {error}");
            }
        }
    }

    async fn sweep(&self) {
        self.end_what_is_due().await;
        self.logins.end().await;
        for report in self.ledger.reports() {
            tracing::warn!(subject = %report.subject, rule = report.reason.rule, "{}", report.reason.sentence);
        }
    }

    /// Each block in a turn of its own: those who count wait for one at most.
    async fn end_what_is_due(&self) {
        let (now, policy) = (self.clock.now(), self.policy.load_full());
        let end = |subject: &SubjectKey| {
            self.ledger.changing(|ledger| self.blocking.hand_over(ledger.end_due(subject, now), &policy))
        };
        let ended = self.ledger.due(now).iter().map(end).fold(HandedOver::default(), HandedOver::and);
        self.blocking.settle(ended, &policy).await;
    }

    fn prune(&self, settings: &StoreSettings) {
        let now = self.clock.now();
        drop(self.writer.prune(now.before(settings.keep_blocks), now.before(settings.keep_counters)));
        drop(self.writer.prune_kept(now.before(KEEP_SEEN)));
    }
}

/// Writes what was counted since the last time, some at a time, until all is written or the store fails.
pub(crate) async fn snapshot_now(ledger: &Ledger, writer: &Writer, now: model::Timestamp) {
    for subjects in ledger.dirty_subjects(now).chunks(BATCH) {
        // The writer itself tells of a failure.
        if writer.counters(ledger.snapshots(subjects)).await.is_err() {
            return;
        }
    }
}

/// Writes what was seen since the last time, likewise.
pub(crate) async fn keep_now(recall: &Recall, writer: &Writer, now: model::Timestamp) {
    loop {
        let records = recall.take_changed(BATCH, now);
        let all = records.len() < BATCH;
        if records.is_empty() || writer.keep(records).await.is_err() || all {
            return;
        }
    }
}

fn every(period: Duration) -> Interval {
    let mut timer = interval(period);
    timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
    timer
}
