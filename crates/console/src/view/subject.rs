//! One subject: its counters against its rules and its own past, its blocks.

use limits::{Lockout, RuleCount};
use model::{Block, SubjectKey, Timestamp};
use serde::Serialize;

use super::LIVE;
use super::block::{BlockRow, percent};
use super::habits::Habits;
use crate::render::Page;
use crate::words::Words;

/// Where a subject stands with one rule.
#[derive(Debug, Clone, Serialize)]
pub struct CountRow {
    rule: String,
    counter: String,
    count: u64,
    limit: Option<u64>,
    /// What count and limit are percentages of.
    share: Option<String>,
    /// Whether they are a mean of scores.
    mean: bool,
    /// Seconds.
    window: u64,
    /// Whether it slows down instead of blocking.
    pub is_rate: bool,
    /// How much of the limit is used, in percent.
    pub percent: u64,
}

impl CountRow {
    /// A rule's count.
    pub fn of(count: &RuleCount) -> Self {
        // A score for a hundred messages is what the rule compares; a person thinks of one.
        let mean = count.percent_of.is_some() && matches!(count.counter.as_str(), "score_sum" | "unusual_score");
        let scale = if mean { 100 } else { 1 };
        let percent =
            count.limit.filter(|limit| *limit > 0).map_or(0, |limit| u128::from(count.count) * 100 / u128::from(limit));
        Self {
            rule: count.rule.clone(),
            counter: count.counter.clone(),
            count: count.count / scale,
            limit: count.limit.map(|limit| limit / scale),
            share: count.percent_of.clone().filter(|_| !mean),
            mean,
            window: count.window.as_secs(),
            is_rate: count.is_rate,
            percent: u64::try_from(percent).unwrap_or(u64::MAX),
        }
    }
}

/// A lock after failed logins.
#[derive(Debug, Clone, Serialize)]
struct LockoutRow {
    failures: u64,
    until: i64,
}

/// One subject.
#[derive(Debug, Clone, Serialize)]
pub struct SubjectPage {
    name: String,
    kind: &'static str,
    owner: Option<String>,
    /// Where it is diagnosed.
    diagnose: String,
    state: &'static str,
    /// The latest block, in force or over.
    block: Option<BlockRow>,
    /// What says why: `why.KIND`, `why.was.KIND` and others.
    why: &'static str,
    is_over: bool,
    /// The block of its domain, which stops it too.
    domain: Option<BlockRow>,
    lockout: Option<LockoutRow>,
    habits: Option<Habits>,
    counts: Vec<CountRow>,
    history: Vec<BlockRow>,
    live: u32,
}

impl SubjectPage {
    /// A subject with its blocks, latest first.
    pub fn new(
        subject: &SubjectKey,
        owner: Option<String>,
        counts: &[RuleCount],
        history: &[Block],
        now: Timestamp,
        words: &Words,
    ) -> Self {
        let history: Vec<_> = history.iter().map(|block| BlockRow::of(block, now, words)).collect();
        let latest = history.first().cloned();
        let state = latest.as_ref().map_or("unblocked", BlockRow::state);
        Self {
            name: subject.name(),
            kind: subject.kind().as_str(),
            owner,
            diagnose: format!("/console/diagnosis?kind={}&name={}", subject.kind(), percent(&subject.name())),
            state,
            why: latest.as_ref().map_or("why.was.", BlockRow::why),
            is_over: latest.as_ref().is_none_or(|block| !block.is_active()),
            block: latest,
            domain: None,
            lockout: None,
            habits: None,
            counts: counts.iter().map(CountRow::of).collect(),
            history,
            live: LIVE,
        }
    }

    /// With the lock that keeps it from logging in.
    #[must_use]
    pub fn locked_out(self, lock: Option<&Lockout>) -> Self {
        let lockout = lock.map(|lock| LockoutRow { failures: lock.failures.into(), until: lock.until.0 });
        Self { lockout, ..self }
    }

    /// With the block of its domain, which is its own state where nothing of its own stops it.
    #[must_use]
    pub fn stopped_by(self, domain: BlockRow) -> Self {
        let state = if self.state == "blocked" { self.state } else { domain.state() };
        Self { state, domain: Some(domain), ..self }
    }

    /// With its own past; nothing of somebody who has none.
    #[must_use]
    pub fn beside(self, habits: Option<Habits>) -> Self {
        Self { habits, ..self }
    }
}

impl Page for SubjectPage {
    const TEMPLATE: &'static str = "subject.html";
}
