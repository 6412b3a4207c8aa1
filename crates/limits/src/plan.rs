//! The rules as they are applied: for each kind of subject, which counters exist and what is checked on them.
//!
//! A record is laid out by its plan. Records and rules meet only under the same plan; after a reload a record moves over
//! when it is next touched.

use std::sync::Arc;
use std::time::Duration;

use model::standing::CounterKind;
use model::{SubjectKey, SubjectKind};

use crate::count::Pace;
use crate::ledger::Cost;
use crate::rules::{
    AtBlock, BlockSettings, NameSet, RateCounter, RateRule, Rules, Sessions, Terms, TripAction, TripRule,
};

/// All rules in force.
#[derive(Debug)]
pub(crate) struct Plans {
    account: Arc<Plan>,
    ip: Arc<Plan>,
    domain: Arc<Plan>,
    /// How blocks run.
    pub(crate) blocks: BlockSettings,
    /// Whether nothing is refused.
    pub(crate) monitor: bool,
    terms: Terms,
    /// Whether some rule blocks for something else than spam or refused recipients: then any message may turn out to be a
    /// cause.
    pub(crate) any_is_evidence: bool,
    /// Whether some rule blocks for scores that are below spam.
    pub(crate) scores_are_evidence: bool,
}

impl Plans {
    pub(crate) fn new(rules: Rules) -> Self {
        let plan = |kind, allowed: &[String]| Arc::new(Plan::new(kind, &rules, allowed));
        Self {
            account: plan(SubjectKind::Account, &rules.blocks.allow_accounts),
            ip: plan(SubjectKind::Ip, &rules.blocks.allow_networks),
            domain: plan(SubjectKind::Domain, &rules.blocks.allow_domains),
            monitor: rules.monitor,
            terms: rules.terms.clone(),
            any_is_evidence: rules.trips.iter().any(blocks_for_any_message),
            scores_are_evidence: rules.trips.iter().any(blocks_for_scores),
            blocks: rules.blocks,
        }
    }

    /// What is known of a subject's owner for a block that begins now, or is adopted. In monitor mode nobody is told of blocks
    /// and nothing is released: there each ends by itself, counts among nobody's, and waits for no owner.
    pub(crate) fn at_block(&self, subject: &SubjectKey) -> AtBlock {
        let known = self.terms.at_block(subject);
        let automatic_releases = known.automatic_releases.or(Some(self.blocks.automatic_releases));
        if self.monitor {
            AtBlock { automatic_releases, ..AtBlock::default() }
        } else {
            AtBlock { automatic_releases, ..known }
        }
    }

    /// The rules for a kind of subject.
    pub(crate) fn of(&self, kind: SubjectKind) -> &Arc<Plan> {
        match kind {
            SubjectKind::Account => &self.account,
            SubjectKind::Ip => &self.ip,
            SubjectKind::Domain => &self.domain,
        }
    }
}

fn blocks_for_any_message(rule: &TripRule) -> bool {
    let names_its_messages =
        matches!(rule.counter, CounterKind::Spam | CounterKind::RefusedRecipients) || is_of_scores(rule.counter);
    rule.action == TripAction::Block && !names_its_messages
}

fn blocks_for_scores(rule: &TripRule) -> bool {
    rule.action == TripAction::Block && is_of_scores(rule.counter)
}

fn is_of_scores(counter: CounterKind) -> bool {
    matches!(counter, CounterKind::ScoreSum | CounterKind::UnusualScore)
}

/// The rules for one kind of subject.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// The counters of a record, in its order.
    pub(crate) slots: Vec<Slot>,
    /// Trip rules, in the order of the file.
    pub(crate) trips: Vec<Trip>,
    /// Rate limits; a record has a bucket for each, in this order.
    pub(crate) rates: Vec<Rate>,
    /// A record that was idle for so long says nothing any more.
    pub(crate) horizon: Duration,
    allowed: NameSet,
}

/// One counter over one window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) counter: CounterKind,
    pub(crate) window: Duration,
    pub(crate) sessions: Sessions,
}

/// A trip rule with the places of its counters.
#[derive(Debug)]
pub(crate) struct Trip {
    pub(crate) rule: TripRule,
    /// Resolved for the kind of subject.
    pub(crate) sessions: Sessions,
    pub(crate) counted: usize,
    pub(crate) base: Option<usize>,
    pub(crate) messages: usize,
    pub(crate) spam: usize,
    exceptions: Exceptions,
}

/// A rate limit with its overrides.
#[derive(Debug)]
pub(crate) struct Rate {
    pub(crate) rule: RateRule,
    /// Resolved for the kind of subject.
    pub(crate) sessions: Sessions,
    exceptions: Exceptions,
}

impl Plan {
    fn new(kind: SubjectKind, rules: &Rules, allowed: &[String]) -> Self {
        let mut plan = Self { allowed: NameSet::parse(kind, allowed).0, ..Self::default() };
        for rule in rules.trips.iter().filter(|rule| rule.subject == kind && rule.limit > 0) {
            let trip = plan.trip(rule.clone(), rules);
            plan.trips.push(trip);
        }
        for rule in rules.rates.iter().filter(|rule| rule.subject == kind && rule.limit > 0) {
            plan.rates.push(Rate::new(rule.clone(), rules));
        }
        plan.horizon = plan.horizon();
        plan
    }

    fn trip(&mut self, rule: TripRule, rules: &Rules) -> Trip {
        let sessions = rule.sessions.resolved(rule.subject);
        let mut slot = |counter| self.slot(Slot { counter, window: rule.window, sessions });
        Trip {
            counted: slot(rule.counter),
            base: rule.percent_of.map(&mut slot),
            messages: slot(CounterKind::Messages),
            spam: slot(CounterKind::Spam),
            exceptions: Exceptions::of(&rule.name, rule.subject, rules),
            sessions,
            rule,
        }
    }

    /// The place of a counter, shared by the rules that count the same.
    fn slot(&mut self, slot: Slot) -> usize {
        if let Some(place) = self.slots.iter().position(|known| *known == slot) {
            return place;
        }
        self.slots.push(slot);
        self.slots.len() - 1
    }

    /// Two buckets of the longest window, or until the slowest bucket is full again.
    fn horizon(&self) -> Duration {
        let windows = self.slots.iter().map(|slot| slot.window.saturating_mul(2));
        let rates = self.rates.iter().map(|rate| rate.pace(rate.rule.limit).recovery().max(rate.rule.per * 2));
        windows.chain(rates).max().unwrap_or_default()
    }

    /// Whether any rule here blocks.
    pub(crate) fn blocks(&self) -> bool {
        self.trips.iter().any(|trip| trip.rule.action == TripAction::Block)
    }

    /// Whether any counter here counts such a session.
    pub(crate) fn counts(&self, authenticated: bool) -> bool {
        self.slots.iter().any(|slot| slot.sessions.cover(authenticated))
    }

    /// The limits that apply to such a session of a subject, with their place and their pace.
    pub(crate) fn rates_for(
        &self,
        subject: &SubjectKey,
        authenticated: bool,
    ) -> impl Iterator<Item = (usize, &Rate, Pace)> {
        let allowed = self.allows(subject);
        let rates =
            self.rates.iter().enumerate().filter(move |(_, rate)| !allowed && rate.sessions.cover(authenticated));
        rates.filter_map(move |(place, rate)| Some((place, rate, rate.pace_for(subject)?)))
    }

    /// Whether the subject is never blocked nor slowed down.
    pub(crate) fn allows(&self, subject: &SubjectKey) -> bool {
        self.allowed.contains(subject)
    }
}

impl Trip {
    /// The limit for a subject; `None` when the rule is off for it.
    pub(crate) fn limit_for(&self, subject: &SubjectKey) -> Option<u64> {
        let limit = self.exceptions.limit_for(subject).unwrap_or(self.rule.limit);
        (limit > 0).then_some(limit)
    }
}

impl Rate {
    fn new(rule: RateRule, rules: &Rules) -> Self {
        let exceptions = Exceptions::of(&rule.name, rule.subject, rules);
        Self { sessions: rule.sessions.resolved(rule.subject), exceptions, rule }
    }

    /// The pace for a subject; `None` when the limit is off for it.
    pub(crate) fn pace_for(&self, subject: &SubjectKey) -> Option<Pace> {
        let limit = self.exceptions.limit_for(subject).unwrap_or(self.rule.limit);
        (limit > 0).then(|| self.pace(limit))
    }

    /// The pace at a limit; an explicit burst grows and shrinks with it.
    fn pace(&self, limit: u64) -> Pace {
        let scaled = u128::from(self.rule.burst) * u128::from(limit) / u128::from(self.rule.limit.max(1));
        let burst = if self.rule.burst == 0 { limit } else { u64::try_from(scaled).unwrap_or(u64::MAX).max(1) };
        Pace { limit, per: self.rule.per, burst }
    }

    /// What a message costs here.
    pub(crate) fn units(&self, cost: Cost) -> u64 {
        match self.rule.counter {
            RateCounter::Messages => cost.messages.into(),
            RateCounter::Recipients => cost.recipients.into(),
            RateCounter::Bytes => cost.bytes,
        }
    }
}

/// Who has another limit of one rule: by the overrides, in the order of the file, or as an owner.
#[derive(Debug)]
struct Exceptions {
    rule: String,
    overrides: Vec<(NameSet, u64)>,
    terms: Terms,
}

impl Exceptions {
    fn of(rule: &str, kind: SubjectKind, rules: &Rules) -> Self {
        let ours = rules.overrides.iter().filter(|entry| entry.rule == rule && entry.subject == kind);
        let overrides = ours.map(|entry| (NameSet::parse(kind, &entry.names).0, entry.limit)).collect();
        Self { rule: rule.to_owned(), overrides, terms: rules.terms.clone() }
    }

    fn limit_for(&self, subject: &SubjectKey) -> Option<u64> {
        let told = self.overrides.iter().rev().find(|(names, _)| names.contains(subject)).map(|(_, limit)| *limit);
        told.or_else(|| self.terms.limit(subject, &self.rule))
    }
}
