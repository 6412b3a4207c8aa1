//! The path of a message: extract, recall, score, observe, decide. The only place that knows the order.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use features::FeatureLimits;
use limits::{Cost, Ledger, Observation, RateDecision, RateHit};
use model::{
    AccountName, Action, Block, Clock, Envelope, Event, EventSink, Evidence, Features, Identity, Judged, Score,
    Session, Submission, Timestamp, Verdict,
};
use recall::{Recall, Sighting};
use scoring::Engine;
use tokio::time::Instant;

use crate::admit;
use crate::allowance::Allowances;
use crate::blocking::Blocking;
use crate::decide::{Standing, decide};
use crate::exemptions::Exemptions;
use crate::identity;
use crate::inquiry::{self, Inquirer};
use crate::known::Known;
use crate::logins::{self, Logins};
use crate::memory::{self, Memory};
use crate::passage;
use crate::policy::{Mode, OnFailure, Policy};
use crate::refusals;
use crate::reply;
use crate::seam::{Admission, Admitting, Appraisal, Judge, Judging, Passage, Stage, judging};

/// The judge of one configuration. Ledger, journal and clock outlive it.
pub struct Reeve {
    pub(crate) policy: Policy,
    pub(crate) engine: Engine,
    limits: FeatureLimits,
    scorer_failed: AtomicBool,
    memory: Memory,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) blocking: Blocking,
    pub(crate) events: Arc<dyn EventSink>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) inquirers: Vec<Arc<dyn Inquirer>>,
    allowances: Allowances,
    pub(crate) logins: Option<Arc<Logins>>,
    exemptions: Arc<Exemptions>,
}

impl Reeve {
    /// A judge over the running ledger.
    pub fn new(
        policy: Policy,
        engine: Engine,
        ledger: Arc<Ledger>,
        blocking: Blocking,
        events: Arc<dyn EventSink>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let limits = FeatureLimits { analysed_bytes: policy.score.analysed_bytes.bytes(), fields: engine.fields() };
        let (memory, scorer_failed) = (Memory::default(), AtomicBool::new(false));
        Self {
            policy,
            engine,
            limits,
            scorer_failed,
            memory,
            ledger,
            blocking,
            events,
            clock,
            inquirers: Vec::new(),
            allowances: Allowances::default(),
            logins: None,
            exemptions: Arc::default(),
        }
    }

    /// Knows what logins may write in From.
    #[must_use]
    pub fn allowing(mut self, allowances: Allowances) -> Self {
        self.allowances = allowances;
        self
    }

    /// Takes away what is exempt, as it is at any time.
    #[must_use]
    pub fn exempting(mut self, exemptions: Arc<Exemptions>) -> Self {
        self.exemptions = exemptions;
        self
    }

    /// Asks these about every message before it is scored.
    #[must_use]
    pub fn asking(mut self, inquirers: Vec<Arc<dyn Inquirer>>) -> Self {
        self.inquirers = inquirers;
        self
    }

    /// Counts failed logins, and locks out whoever guesses.
    #[must_use]
    pub fn counting_logins(mut self, logins: Arc<Logins>) -> Self {
        self.logins = Some(logins);
        self
    }

    /// With a memory of what was seen before, which outlives the judge.
    #[must_use]
    pub fn remembering(mut self, recall: Arc<Recall>) -> Self {
        self.memory = Memory(Some(recall));
        self
    }

    /// The verdict on a message that was read before, by this judge or by the one that recorded it: for replay.
    pub async fn judge_known(&self, submission: &Submission, known: Known<'_>) -> Verdict {
        let started = Instant::now();
        let at = self.clock.now();
        if identity::is_inbound(&submission.session, &self.policy.identity) {
            let verdict = Verdict { action: Action::Accept, reason: "inbound", score: Score::default(), at };
            return self.tell(submission, &Identity::default(), None, verdict, started);
        }
        let identity = identity::of_submission(submission, &self.policy.identity);
        let cost = cost_of(submission);
        if let Some(verdict) = self.refused_unread(&identity, cost, at) {
            return self.tell(submission, &identity, None, verdict, started);
        }
        let (own, sighting) = match known {
            Known::Score(_) => (None, None),
            Known::Content(features) => self.read(submission, Some(features), &identity, at).await.unzip(),
            Known::Nothing => self.read(submission, None, &identity, at).await.unzip(),
        };
        let read = if let Known::Score(read) = known { Some(read) } else { own.as_ref() };
        if let Some(verdict) = self.unheard(read, at) {
            return self.tell(submission, &identity, read, verdict, started);
        }
        let block = self.observe(submission, &identity, read, at).await;
        let message_id = read.and_then(|(features, _)| features.headers.message_id.as_ref());
        let queue_id = submission.envelope.queue_id.as_ref();
        let reference =
            reply::reference(message_id.map(model::MessageId::as_str), queue_id.map(model::QueueId::as_str));
        let standing = Standing { block: block.as_deref(), reference, ..Standing::default() };
        let verdict = self.conclude(&identity, standing, cost, read, at);
        if let Some(seen) = sighting.flatten() {
            self.memory.note(&seen, &identity, &verdict, self.policy.score.spam, block.as_deref());
        }
        self.tell(submission, &identity, read, verdict, started)
    }

    /// Refusals that need no look at the content: nothing is counted for such a message but the attempt.
    fn refused_unread(&self, identity: &Identity, cost: Cost, at: Timestamp) -> Option<Verdict> {
        if self.policy.mode == Mode::Enforce && !store_lets_pass(self) {
            let action = Action::Defer(reply::unavailable());
            return Some(Verdict { action, reason: "store", score: Score::default(), at });
        }
        let block = self.ledger.blocked(identity, at);
        if let Some(block) = &block {
            self.ledger.attempt(&block.subject);
        }
        let rate = reached(self.ledger.rate(identity, cost, at));
        if self.policy.mode == Mode::Monitor || (block.is_none() && rate.is_none()) {
            return None;
        }
        let standing = Standing { block: block.as_deref(), rate: rate.as_ref(), ..Standing::default() };
        let (action, reason) = decide(standing, &Score::default(), &self.policy);
        Some(Verdict { action, reason, score: Score::default(), at })
    }

    /// A scanner that has to be heard has not answered. The message comes again, and is counted then.
    fn unheard(&self, read: Option<&(Features, Score)>, at: Timestamp) -> Option<Verdict> {
        let (features, score) = read?;
        let waits = self.policy.mode == Mode::Enforce && features.circumstances.is_awaited();
        let action = || Action::Defer(reply::unavailable());
        waits.then(|| Verdict { action: action(), reason: "scanner", score: score.clone(), at })
    }

    /// Features and score, and how the message was looked up; `None` when a defect of ours stopped it, which is told and
    /// counted.
    async fn read(
        &self,
        submission: &Submission,
        content: Option<&Features>,
        identity: &Identity,
        at: Timestamp,
    ) -> Option<((Features, Score), Option<Sighting>)> {
        let extract = || features::extract(submission, at, &self.limits);
        let mut features = self.guarded(|| content.cloned().unwrap_or_else(extract))?;
        features.sender.from_allowed = self.allowances.of(identity.account.as_ref(), &features.headers.from);
        if !self.inquirers.is_empty() {
            inquiry::fill(&self.inquirers, submission, &mut features, identity).await;
        }
        let sighting = self.guarded(|| self.memory.see(&mut features, identity, &submission.envelope, at))?;
        let score = self.guarded(|| self.engine.score(&features))?;
        let score = self.exemptions.apply(score, &features, identity, at);
        if self.scorer_failed.load(Ordering::Relaxed) {
            self.tell_scorer(true);
        }
        Some(((features, score), sighting))
    }

    /// A panic in there costs one message its score.
    fn guarded<T>(&self, work: impl FnOnce() -> T) -> Option<T> {
        let done = catch_unwind(AssertUnwindSafe(work)).ok();
        if done.is_none() {
            self.tell_scorer(false);
        }
        done
    }

    fn tell_scorer(&self, works: bool) {
        let part = "scorer";
        let policy = self.policy.on_scorer_failure.as_str();
        let error = "a message could not be scored because of a defect; please report it with the message";
        match (self.scorer_failed.swap(!works, Ordering::Relaxed), works) {
            (true, true) => self.events.emit(&Event::Recovered { part }),
            (_, false) => self.events.emit(&Event::Degraded { part, policy, error }),
            (false, true) => {}
        }
    }

    /// Counts the message for its subjects; a block that it trips is durable when this returns.
    async fn observe(
        &self,
        submission: &Submission,
        identity: &Identity,
        read: Option<&(Features, Score)>,
        at: Timestamp,
    ) -> Option<Arc<Block>> {
        let (features, score) = read?;
        let is_spam = score.total >= self.policy.score.spam;
        let may_be_cause = is_spam
            || submission.envelope.refused_count > 0
            || self.ledger.is_evidence(score.total, self.policy.score.spam);
        let observation = Observation {
            is_message: true,
            score: score.total,
            is_spam,
            is_unusual: memory::is_unusual(score),
            recipients: &submission.envelope.recipients,
            recipient_count: submission.envelope.recipient_count,
            refused_recipients: submission.envelope.refused_count,
            bytes: submission.message.size,
            network: identity.network,
            evidence: may_be_cause.then(|| evidence(submission, features, score, at)),
        };
        let count = |ledger: &Ledger| ledger.observe(identity, &observation, at);
        let tripped = self.ledger.counting(|ledger| self.blocking.hand_over(count(ledger), &self.policy));
        self.blocking.settle(tripped, &self.policy).await;
        self.ledger.blocked(identity, at)
    }

    fn conclude(
        &self,
        identity: &Identity,
        standing: Standing<'_>,
        cost: Cost,
        read: Option<&(Features, Score)>,
        at: Timestamp,
    ) -> Verdict {
        let score = read.map(|(_, score)| score.clone()).unwrap_or_default();
        let unscored = read.is_none() && self.policy.on_scorer_failure == OnFailure::Tempfail;
        let first = decide(Standing { unscored, ..standing }, &score, &self.policy);
        // Only what is delivered uses up a rate, and another session may have used the rest of it meanwhile.
        let rate = if first.0.delivers() { reached(self.ledger.take(identity, cost, at)) } else { None };
        let (action, reason) = match &rate {
            None => first,
            Some(hit) => decide(Standing { rate: Some(hit), unscored, ..standing }, &score, &self.policy),
        };
        Verdict { action, reason, score, at }
    }

    /// Emits what was decided and returns what is given: in monitor mode everything passes.
    fn tell(
        &self,
        submission: &Submission,
        identity: &Identity,
        read: Option<&(Features, Score)>,
        mut verdict: Verdict,
        started: Instant,
    ) -> Verdict {
        let would = verdict.action.as_str();
        if self.policy.mode == Mode::Monitor {
            verdict.action = Action::Accept;
        }
        let message_id = read.and_then(|(features, _)| features.headers.message_id.as_ref());
        self.events.emit(&Event::Judged(Judged {
            via: submission.session.via,
            identity,
            queue_id: submission.envelope.queue_id.as_ref().map(model::QueueId::as_str),
            message_id: message_id.map(model::MessageId::as_str),
            envelope: &submission.envelope,
            features: read.map(|(features, _)| features),
            size: submission.message.size,
            verdict: &verdict,
            would,
            took: started.elapsed(),
        }));
        verdict
    }
}

impl Judge for Reeve {
    fn admit(&self, session: &Session, stage: Stage<'_>) -> Admission {
        admit::admit(self, session, stage)
    }

    fn judge(&self, submission: Submission) -> Judging<'_> {
        judging(async move { self.judge_known(&submission, Known::Nothing).await })
    }

    fn pass<'a>(&'a self, session: &'a Session, passage: Passage) -> Admitting<'a> {
        Box::pin(passage::pass(self, session, passage))
    }

    fn may_log_in(&self, session: &Session, account: Option<&AccountName>) -> Admission {
        admit::may_log_in(self, session, account)
    }

    fn login_ended(&self, session: &Session, account: Option<&AccountName>, succeeded: bool) {
        let Some(logins) = &self.logins else { return };
        let identity = logins::identity(session, account);
        if succeeded { logins.succeeded(&identity) } else { logins.failed(session.via, &identity) }
    }

    fn gave_up(&self, session: &Session, envelope: &Envelope) {
        refusals::count(self, session, envelope);
    }

    fn appraise(&self, submission: &Submission, at: Timestamp) -> Option<Appraisal> {
        let mut features = self.guarded(|| features::extract(submission, at, &self.limits))?;
        let account = submission.session.login.as_ref().map(|login| &login.account);
        features.sender.from_allowed = self.allowances.of(account, &features.headers.from);
        let score = self.guarded(|| self.engine.score(&features))?;
        let correction = self.guarded(|| self.engine.correction(&features, false))?;
        Some(Appraisal { features, score, correction, spam: self.policy.score.spam })
    }

    fn has_signal(&self, name: &str) -> bool {
        self.engine.has_signal(name)
    }

    fn analysed_bytes(&self) -> usize {
        let wanted = self.inquirers.iter().map(|inquirer| inquirer.wanted_bytes()).max();
        self.limits.analysed_bytes.max(wanted.unwrap_or(0))
    }
}

/// Whether the store's state lets mail pass.
pub(crate) fn store_lets_pass(reeve: &Reeve) -> bool {
    reeve.policy.on_store_failure == OnFailure::Continue || reeve.blocking.is_durable()
}

fn reached(decision: RateDecision) -> Option<RateHit> {
    match decision {
        RateDecision::Within => None,
        RateDecision::Reached(hit) => Some(hit),
    }
}

fn cost_of(submission: &Submission) -> Cost {
    Cost { messages: 1, recipients: submission.envelope.recipient_count, bytes: submission.message.size }
}

fn evidence(submission: &Submission, features: &Features, score: &Score, at: Timestamp) -> Evidence {
    let first = submission.envelope.recipients.first();
    Evidence {
        at,
        message_id: features.headers.message_id.clone(),
        queue_id: submission.envelope.queue_id.clone(),
        score: score.total,
        hits: score.hits.iter().take(Evidence::MAX_HITS).cloned().collect(),
        client: submission.session.client,
        recipients: submission.envelope.recipient_count,
        destination_domain: first.and_then(model::envelope::Path::domain),
        destination_ip: submission.session.original_dst.map(|dst| dst.0.ip()),
        headers: features::evidence_headers(&submission.message.raw),
    }
}
