//! What the answers are made from.

use std::sync::Arc;
use std::time::Duration;

use access::{AccessError, Action, Actor, Gate};
use alerts::OutboxHandle;
use arc_swap::ArcSwap;
use customers::registry::Registry;
use diagnostics::{Diagnoses, DiagnosisError};
use limits::StoreError;
use model::{Block, BlockRef, Clock, SubjectKey, Timestamp};
use pipeline::{
    ByHand, ByHandError, CaseFile, Correction, Desk, DeskError, Fingerprints, LessonError, Lessons, Logins, NewBlock,
    ReplyKeys, Reports, Search, Standings, TicketError, Tickets,
};
use telemetry::Telemetry;
use webhooks::Webhooks;

use crate::readiness::Readiness;

/// What an operator has set and a page shows. A reload replaces it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Site {
    /// The node's name.
    pub node: String,
    /// Whether refusals are only noted.
    pub monitor: bool,
    /// Whom a customer may ask, as a sentence; empty for nobody.
    pub contact: String,
    /// How long blocks last, by their step.
    pub ladder: Vec<Duration>,
}

/// Everything both doors read. Shared by all connections.
pub struct AdminState {
    desk: Arc<Desk>,
    tickets: Arc<Tickets>,
    by_hand: Arc<ByHand>,
    pub(crate) standings: Arc<Standings>,
    pub(crate) fingerprints: Arc<Fingerprints>,
    lessons: Arc<Lessons>,
    pub(crate) logins: Arc<Logins>,
    gate: Arc<Gate>,
    diagnoses: Arc<Diagnoses>,
    pub(crate) search: Arc<Search>,
    pub(crate) telemetry: Arc<Telemetry>,
    pub(crate) readiness: Readiness,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) started: Timestamp,
    /// Where replies are taken by mail.
    reply_keys: Option<Arc<ReplyKeys>>,
    site: ArcSwap<Site>,
    pub(crate) webhooks: Option<Webhooks>,
    pub(crate) reports: Option<Arc<Reports>>,
    pub(crate) customers: Option<Arc<Registry>>,
    pub(crate) outbox: Option<OutboxHandle>,
}

/// What people do with the daemon: the use cases behind every door.
pub struct Services {
    /// Tickets, and the desk beside them.
    pub tickets: Arc<Tickets>,
    /// Blocks by hand.
    pub by_hand: Arc<ByHand>,
    /// How somebody stands.
    pub standings: Arc<Standings>,
    /// Confirmed messages.
    pub fingerprints: Arc<Fingerprints>,
    /// Corrections of the classifier.
    pub lessons: Arc<Lessons>,
    /// Failed logins.
    pub logins: Arc<Logins>,
    /// Search over blocks and flagged messages.
    pub search: Arc<Search>,
    /// The keys of reply addresses, where replies are taken by mail.
    pub reply_keys: Option<Arc<ReplyKeys>>,
    /// Keys, users, links, and the audit log.
    pub gate: Arc<Gate>,
    /// Diagnoses.
    pub diagnoses: Arc<Diagnoses>,
    /// Webhooks, where there are any.
    pub webhooks: Option<Webhooks>,
    /// False-positive reports and exemptions.
    pub reports: Option<Arc<Reports>>,
    /// Customers of the store.
    pub customers: Option<Arc<Registry>>,
    /// Letters.
    pub outbox: Option<OutboxHandle>,
}

impl AdminState {
    /// The state of a daemon that starts now.
    pub fn new(
        services: Services,
        telemetry: Arc<Telemetry>,
        readiness: Readiness,
        clock: Arc<dyn Clock>,
        site: Site,
    ) -> Self {
        let Services {
            tickets,
            by_hand,
            standings,
            fingerprints,
            lessons,
            logins,
            search,
            reply_keys,
            webhooks,
            gate,
            diagnoses,
            reports,
            customers,
            outbox,
        } = services;
        let (desk, started, site) = (tickets.desk(), clock.now(), ArcSwap::from_pointee(site));
        Self {
            desk,
            tickets,
            by_hand,
            standings,
            fingerprints,
            lessons,
            logins,
            search,
            reply_keys,
            gate,
            diagnoses,
            telemetry,
            readiness,
            clock,
            started,
            site,
            webhooks,
            reports,
            customers,
            outbox,
        }
    }

    /// Shows other settings from now on.
    pub fn reload(&self, site: Site) {
        self.site.store(Arc::new(site));
    }

    /// The probes, to say that the daemon drains.
    pub fn readiness(&self) -> &Readiness {
        &self.readiness
    }

    pub(crate) fn site(&self) -> Arc<Site> {
        self.site.load_full()
    }

    /// Blocks, latest first.
    pub(crate) async fn blocks(&self, only_active: bool, limit: usize) -> Result<Vec<Block>, DeskError> {
        let desk = Arc::clone(&self.desk);
        aside(move || desk.blocks(only_active, limit).map_err(DeskError::from)).await
    }

    /// Searches; carried through, even when the client hangs up.
    pub(crate) async fn searching<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Search) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, DeskError> {
        let search = Arc::clone(&self.search);
        aside(move || work(&search).map_err(DeskError::from)).await
    }

    /// One block with its evidence.
    pub(crate) async fn case_file(&self, reference: BlockRef) -> Result<CaseFile, DeskError> {
        let desk = Arc::clone(&self.desk);
        aside(move || desk.case_file(&reference)).await
    }

    /// Learns a correction; returns how many messages were called spam and ham.
    pub(crate) async fn learn(&self, correction: Correction) -> Result<(u32, u32), LessonError> {
        let lessons = Arc::clone(&self.lessons);
        self.teach(move || lessons.learn(&correction)).await
    }

    /// Forgets all corrections.
    pub(crate) async fn forget_lessons(&self) -> Result<(u32, u32), LessonError> {
        let lessons = Arc::clone(&self.lessons);
        self.teach(move || lessons.forget()).await
    }

    async fn teach(
        &self,
        work: impl FnOnce() -> Result<(), LessonError> + Send + 'static,
    ) -> Result<(u32, u32), LessonError> {
        let work = tokio::task::spawn_blocking(work).await;
        work.unwrap_or_else(|error| Err(self.lessons.failed(std::io::Error::other(error))))?;
        Ok(self.lessons.learned().counts())
    }

    /// Does something with keys, users, links or the audit log; carried through, even when the client hangs up.
    pub(crate) async fn with_gate<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Gate) -> Result<T, AccessError> + Send + 'static,
    ) -> Result<T, AccessError> {
        let gate = Arc::clone(&self.gate);
        aside(move || work(&gate)).await
    }

    /// Notes what an operator at the control socket is about to do; what can't be noted is not done.
    pub(crate) async fn note(&self, by: &str, action: Action, on: String, detail: &str) -> Result<(), AccessError> {
        let (actor, detail) = (Actor::at_the_socket(by), detail.to_owned());
        self.with_gate(move |gate| gate.note(&actor, action, &on, &detail)).await
    }

    /// Does something with the tickets; carried through, even when the client hangs up.
    pub(crate) async fn with_tickets<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Tickets) -> Result<T, TicketError> + Send + 'static,
    ) -> Result<T, TicketError> {
        let tickets = Arc::clone(&self.tickets);
        aside(move || work(&tickets)).await
    }

    /// Makes a new key for reply addresses; returns until when the earlier ones are taken. `None` where no replies are taken.
    pub(crate) async fn rotate_reply_key(&self) -> Option<Result<Timestamp, String>> {
        let (keys, now) = (self.reply_keys.clone()?, self.clock.now());
        let rotated = tokio::task::spawn_blocking(move || keys.rotate(now).map_err(|error| error.to_string())).await;
        Some(rotated.unwrap_or_else(|error| Err(error.to_string())))
    }

    /// Does something with diagnoses; carried through, even when the client hangs up.
    pub(crate) async fn diagnosing<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Diagnoses) -> Result<T, DiagnosisError> + Send + 'static,
    ) -> Result<T, DiagnosisError> {
        let diagnoses = Arc::clone(&self.diagnoses);
        aside(move || work(&diagnoses)).await
    }

    /// An account's password was changed at that time; carried through, even when the client hangs up.
    pub(crate) async fn password_changed(&self, account: SubjectKey, at: Timestamp) -> Result<Block, DeskError> {
        let desk = Arc::clone(&self.desk);
        let runtime = tokio::runtime::Handle::current();
        aside(move || runtime.block_on(desk.password_changed(&account, at))).await
    }

    /// Blocks somebody on behalf of an operator; carried through, even when the client hangs up.
    pub(crate) async fn block_by_hand(&self, wanted: NewBlock) -> Result<Block, ByHandError> {
        let by_hand = Arc::clone(&self.by_hand);
        let begun = tokio::spawn(async move { by_hand.begin(&wanted).await });
        begun.await.unwrap_or(Err(ByHandError::CutOff))
    }

    /// Releases a block on behalf of an operator. Once begun it is carried through, even when the client hangs up: half
    /// a release would be in force and not on disk.
    pub(crate) async fn release(&self, reference: BlockRef) -> Result<Block, DeskError> {
        let desk = Arc::clone(&self.desk);
        let runtime = tokio::runtime::Handle::current();
        aside(move || runtime.block_on(desk.release(&reference, limits::Releaser::Operator))).await
    }
}

/// Runs what waits for the disk on a thread where waiting harms nobody.
pub(crate) async fn aside<T: Send + 'static, E: From<limits::StoreError> + Send + 'static>(
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, E> {
    let failed = |error| E::from(limits::StoreError::Other(format!("the call was cut off: {error}")));
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(failed(error)))
}
