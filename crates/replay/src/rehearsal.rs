//! The judge on a stage of his own: time is the messages', and what he decides is only noted.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use limits::{Ledger, Releaser, Rules};
use model::time::ManualClock;
use model::{
    Action, Block, BlockState, Clock, Hit, Identity, Refusal, ReversePath, Session, SubjectKey, Submission, Timestamp,
};
use pipeline::{Admission, AllowanceRule, Allowances, Blocking, Judge, Known, Mode, Policy, Reeve, Stage};
use recall::{Recall, RecallSettings};
use scoring::{Engine, RuleBook, RuleRow};
use tokio::runtime::Runtime;

use crate::keeper::Keeper;
use crate::report::{BlockLine, Report, Slowed};
use crate::tally::Tally;
use crate::watch::Watch;

/// How often what no longer counts is forgotten, in the messages' time.
const TIDY: Duration = Duration::from_secs(3600);
/// The daemon sweeps every second: a release is finished that much later.
const SWEEP: Duration = Duration::from_secs(1);

/// A configuration to rehearse.
#[derive(Debug, Clone)]
pub struct Setup {
    /// What is decided about a score and a standing. Its mode is taken to be `enforce`.
    pub policy: Policy,
    /// What is counted, and how much is too much.
    pub rules: Rules,
    /// Rules of the operator's own; those that can't be compiled are none.
    pub own_rules: Vec<RuleRow>,
    /// What logins may write in From.
    pub allowances: Vec<AllowanceRule>,
    /// What is remembered of earlier messages. The memory is empty at first.
    pub recall: RecallSettings,
    /// Two rehearsals of one seed are the same to the last digit.
    pub seed: u64,
}

/// One message, handed in at its time.
#[derive(Debug, Clone)]
pub struct Mail<'m> {
    /// When. Earlier than the last one's is taken as the same time.
    pub at: Timestamp,
    /// From whom, to whom, and what.
    pub submission: Submission,
    /// How far it is known: then its content is not read.
    pub known: Known<'m>,
}

/// Where a message ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fate {
    /// It went on to its recipients.
    Left,
    /// It is kept for a person to look at.
    Held,
    /// Its client was asked to come back.
    Deferred,
    /// It was refused.
    Refused,
}

/// What became of a message.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Where it ended.
    pub fate: Fate,
    /// Why, in the word of the log.
    pub reason: &'static str,
    /// The score, when it was scored.
    pub score: Option<i32>,
    /// What it is made of.
    pub hits: Vec<Hit>,
    /// How long a deferred client was asked to wait.
    pub retry_after: Option<Duration>,
    /// Recipients that were deferred while others were not.
    pub deferred_recipients: u32,
}

/// A judge, a ledger, and a clock that is driven.
pub struct Rehearsal {
    reeve: Reeve,
    ledger: Arc<Ledger>,
    watch: Arc<Watch>,
    clock: ManualClock,
    runtime: Runtime,
    spam_from: i32,
    /// When blocks end by themselves.
    due: BTreeSet<Timestamp>,
    tidied: Timestamp,
    seen: Seen,
}

/// What has happened so far.
#[derive(Debug, Default)]
struct Seen {
    from: Option<Timestamp>,
    all: Tally,
    by_subject: HashMap<SubjectKey, Tally>,
    blocks: Vec<BlockLine>,
    reports: Vec<String>,
    failed: Option<String>,
}

impl Rehearsal {
    /// Sets the stage.
    ///
    /// # Errors
    /// When the system gives no timer.
    pub fn new(setup: Setup) -> io::Result<Self> {
        let Setup { mut policy, mut rules, own_rules, allowances, recall, seed } = setup;
        (policy.mode, rules.monitor) = (Mode::Enforce, false);
        let clock = ManualClock::default();
        let watch = Arc::new(Watch::default());
        let ledger = Arc::new(Ledger::new(rules, numbers(seed)));
        let blocking = Blocking::new(Arc::new(Keeper), Arc::clone(&watch) as _);
        let own_rules = RuleBook::compile(&own_rules).unwrap_or_default();
        let (engine, spam_from) = (Engine::new(&policy.score).with_rules(own_rules), policy.score.spam);
        let told = Arc::clone(&watch) as _;
        let reeve = Reeve::new(policy, engine, Arc::clone(&ledger), blocking, told, Arc::new(clock.clone()))
            .allowing(Allowances::new(&allowances))
            .remembering(Arc::new(Recall::new(&recall)));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
        let (due, tidied, seen) = (BTreeSet::new(), Timestamp::default(), Seen::default());
        Ok(Self { reeve, ledger, watch, clock, runtime, spam_from, due, tidied, seen })
    }

    /// Hands a message in, from the connection to the end of its data.
    pub fn send(&mut self, mail: Mail<'_>) -> Outcome {
        self.pass_time(mail.at);
        self.seen.from.get_or_insert(mail.at);
        let outcome = self.tried(mail);
        self.noted(outcome)
    }

    /// Hands in what is known of a message that was refused before its content: whether it would be let in now. When it
    /// is, nothing is counted.
    pub fn knock(&mut self, at: Timestamp, session: &Session, only_connects: bool) -> bool {
        self.pass_time(at);
        self.seen.from.get_or_insert(at);
        let sender = ReversePath::default();
        let stage = if only_connects { Stage::Connect } else { Stage::Mail(&sender) };
        match self.reeve.admit(session, stage) {
            Admission::Proceed => true,
            Admission::Refuse(refusal) => {
                let outcome = self.turned_away(&refusal);
                self.noted(outcome);
                false
            }
        }
    }

    /// Releases a subject as an operator did at that time; nothing happens when it is not blocked.
    pub fn release(&mut self, subject: &SubjectKey, at: Timestamp) {
        self.pass_time(at);
        if self.ledger.release(subject, Releaser::Operator, at).is_ok() {
            self.ledger.finish_release(subject, at);
            self.ended(subject, at);
        }
    }

    /// The subject's block, when it is blocked now.
    pub fn block(&self, subject: &SubjectKey) -> Option<Arc<Block>> {
        self.ledger.block(subject).filter(|block| block.is_active())
    }

    /// What became of a subject's messages so far.
    pub fn tally(&self, subject: &SubjectKey) -> Tally {
        self.seen.by_subject.get(subject).copied().unwrap_or_default()
    }

    /// The blocks so far.
    pub fn blocks(&self) -> &[BlockLine] {
        &self.seen.blocks
    }

    /// What was found.
    pub fn finish(self) -> Report {
        let blocked: BTreeSet<&SubjectKey> = self.seen.blocks.iter().map(|line| &line.block.subject).collect();
        let is_slowed = |subject: &SubjectKey, tally: &Tally| {
            (tally.deferred > 0 || tally.deferred_recipients > 0) && !blocked.contains(subject)
        };
        let slow = self.seen.by_subject.iter().filter(|(subject, tally)| is_slowed(subject, tally));
        let mut slowed: Vec<_> =
            slow.map(|(subject, tally)| Slowed { subject: subject.clone(), tally: *tally }).collect();
        slowed.sort_by_cached_key(|slowed| (Reverse(slowed.tally.deferred), slowed.subject.to_string()));
        let Seen { from, all, blocks, reports, failed, .. } = self.seen;
        Report { from, to: from.map(|_| self.clock.now()), all, blocks, slowed, reports, failed }
    }

    fn tried(&mut self, mut mail: Mail<'_>) -> Outcome {
        let session = Arc::clone(&mail.submission.session);
        let sender = mail.submission.envelope.sender.clone();
        for stage in [Stage::Connect, Stage::Mail(&sender)] {
            if let Admission::Refuse(refusal) = self.reeve.admit(&session, stage) {
                return self.turned_away(&refusal);
            }
        }
        let deferred_recipients = match self.admit_recipients(&mut mail.submission) {
            Ok(deferred) => deferred,
            Err(refusal) => return self.turned_away(&refusal),
        };
        let verdict = self.runtime.block_on(self.reeve.judge_known(&mail.submission, mail.known));
        let (fate, retry_after) = match &verdict.action {
            Action::Accept | Action::Tag(_) => (Fate::Left, None),
            Action::Hold(_) => (Fate::Held, None),
            Action::Defer(refusal) => (Fate::Deferred, refusal.retry_after),
            Action::Reject(_) => (Fate::Refused, None),
        };
        let unread = fate != Fate::Left && verdict.score.hits.is_empty();
        let score = (!unread).then_some(verdict.score.total);
        let hits = verdict.score.hits;
        Outcome { fate, reason: verdict.reason, score, hits, retry_after, deferred_recipients }
    }

    /// Leaves out the recipients that a rate limit asks to come back; with none left, that refusal.
    fn admit_recipients(&self, submission: &mut Submission) -> Result<u32, Refusal> {
        let (session, envelope) = (&submission.session, &mut submission.envelope);
        let known = envelope.recipients.len();
        let mut last = None;
        for (index, recipient) in envelope.recipients.iter().enumerate() {
            let count = u32::try_from(index + 1).unwrap_or(u32::MAX);
            if let Admission::Refuse(refusal) = self.reeve.admit(session, Stage::Recipient(recipient, count)) {
                last = Some((index, refusal));
                break;
            }
        }
        // A limit that one recipient has reached is reached for the ones behind it, too.
        let Some((admitted, refusal)) = last else { return Ok(0) };
        if admitted == 0 {
            return Err(refusal);
        }
        let deferred = u32::try_from(known - admitted).unwrap_or(u32::MAX);
        envelope.recipients.truncate(admitted);
        envelope.recipient_count = envelope.recipient_count.saturating_sub(deferred);
        Ok(deferred)
    }

    fn turned_away(&self, refusal: &Refusal) -> Outcome {
        let fate = if refusal.code < 500 { Fate::Deferred } else { Fate::Refused };
        let (score, hits, retry_after) = (None, Vec::new(), refusal.retry_after);
        Outcome { fate, reason: "", score, hits, retry_after, deferred_recipients: 0 }
    }

    /// The outcome with its reason, after everyone's counts have gone up.
    fn noted(&mut self, outcome: Outcome) -> Outcome {
        let heard = self.watch.take();
        let outcome = Outcome { reason: heard.reason, ..outcome };
        for block in heard.blocks {
            self.changed(block);
        }
        self.seen.all.add(&outcome, self.spam_from);
        for subject in charged(&heard.identity) {
            self.seen.by_subject.entry(subject.clone()).or_default().add(&outcome, self.spam_from);
            if outcome.reason == "blocked" {
                let line = self.seen.blocks.iter_mut().rev().find(|line| line.block.subject == subject);
                line.into_iter().for_each(|line| line.refused_since += 1);
            }
        }
        if let Some((part, error)) = heard.failed {
            self.seen.failed.get_or_insert(format!("{part}: {error}"));
        }
        self.note_reports();
        outcome
    }

    fn note_reports(&mut self) {
        for report in self.ledger.reports() {
            if self.seen.reports.len() < Report::MAX_REPORTS {
                self.seen.reports.push(format!("{}: {} ({})", report.subject, report.reason.sentence, report.at));
            }
        }
    }

    fn changed(&mut self, block: Block) {
        if block.state == BlockState::BlockedForSpam {
            if block.automatic_release {
                self.due.insert(block.until());
            }
            self.seen.blocks.push(BlockLine {
                subject: block.subject.to_string(),
                rule: block.reason.rule.clone(),
                why: block.reason.sentence.clone(),
                since: block.since,
                ended: None,
                strike: block.strike,
                before: self.tally(&block.subject),
                refused_since: 0,
                block,
            });
        }
    }

    fn ended(&mut self, subject: &SubjectKey, at: Timestamp) {
        let line = self.seen.blocks.iter_mut().rev().find(|line| line.block.subject == *subject);
        line.into_iter().for_each(|line| line.ended = Some(at));
    }

    /// What the daemon's housekeeping would have done by then.
    fn pass_time(&mut self, now: Timestamp) {
        let now = now.max(self.clock.now());
        while let Some(end) = self.due.first().copied().filter(|end| *end <= now) {
            self.due.remove(&end);
            self.clock.set(end);
            for transition in self.ledger.sweep(end) {
                if let model::standing::Transition::Changed { block } = transition {
                    self.ended(&block.subject, end);
                }
            }
            self.ledger.sweep(end.after(SWEEP));
        }
        self.clock.set(now);
        if now.since(self.tidied) >= TIDY {
            self.tidied = now;
            self.ledger.tidy(now);
        }
    }
}

/// The account where there is one, else the address: whose message it is. Its domain is told of as well.
fn charged(identity: &Identity) -> impl Iterator<Item = SubjectKey> + '_ {
    let shared = |subject: &SubjectKey| matches!(subject, SubjectKey::Ip(_)) && identity.account.is_some();
    identity.subjects().filter(move |subject| !shared(subject))
}

/// Numbers that look random and are the same in every run (SplitMix64, Steele and others 2014).
fn numbers(seed: u64) -> impl Fn() -> u128 + Send + Sync + 'static {
    let state = AtomicU64::new(seed);
    let next = move || {
        let mut mixed = state.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    };
    move || u128::from(next()) << 64 | u128::from(next())
}
