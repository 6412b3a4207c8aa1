//! Rate limits of an identity: all are checked before any is used up, and all are used up or none.

use std::time::Duration;

use model::{Identity, SubjectKey, Timestamp};

use super::Ledger;
use crate::count::Pace;
use crate::plan::{Plans, Rate};
use crate::record::Record;
use crate::rules::RateCounter;

/// What a message, or a step of one, costs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// Messages.
    pub messages: u32,
    /// Recipients.
    pub recipients: u32,
    /// Bytes.
    pub bytes: u64,
}

/// Whether a message fits the rate limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RateDecision {
    /// It fits all of them.
    Within,
    /// It does not; this limit has the client wait longest.
    Reached(RateHit),
}

/// A rate limit that is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateHit {
    /// The limit's name.
    pub rule: String,
    /// Who has reached it.
    pub subject: SubjectKey,
    /// What it counts.
    pub counter: RateCounter,
    /// How many, for each `per`; overrides considered.
    pub limit: u64,
    /// The limit's time.
    pub per: Duration,
    /// When it is worth coming back.
    pub retry_after: Duration,
    /// Whether to answer 5xx: the client has come back too often, or the message can never fit.
    pub refuse: bool,
}

impl Ledger {
    /// Whether a message fits, without using anything up. A message that doesn't counts as one deferral of its subject.
    pub fn rate(&self, identity: &Identity, cost: Cost, now: Timestamp) -> RateDecision {
        let plans = self.plans.load();
        let authenticated = identity.is_authenticated();
        let subjects = identity.subjects();
        let hits = subjects.filter_map(|subject| self.worst_of(&plans, subject, authenticated, cost, now));
        match hits.max_by_key(severity) {
            None => RateDecision::Within,
            Some(hit) => RateDecision::Reached(self.deferred(&plans, hit, now)),
        }
    }

    /// Checks all limits and uses all of them up, or none. While a message is refused by one subject's limit, another
    /// session of an earlier subject may for an instant see its share as taken, never as free.
    pub fn take(&self, identity: &Identity, cost: Cost, now: Timestamp) -> RateDecision {
        let plans = self.plans.load();
        let authenticated = identity.is_authenticated();
        let mut charged = Vec::new();
        for subject in identity.subjects() {
            if let Err(hit) = self.charge(&plans, &subject, authenticated, cost, now) {
                charged.iter().for_each(|subject| self.refund(&plans, subject, authenticated, cost));
                return RateDecision::Reached(self.deferred(&plans, hit, now));
            }
            charged.push(subject);
        }
        RateDecision::Within
    }

    fn worst_of(
        &self,
        plans: &Plans,
        subject: SubjectKey,
        authenticated: bool,
        cost: Cost,
        now: Timestamp,
    ) -> Option<RateHit> {
        let record = self.aligned(plans.of(subject.kind()), &subject);
        worst(plans, &subject, record.as_deref(), authenticated, cost, now)
    }

    fn charge(
        &self,
        plans: &Plans,
        subject: &SubjectKey,
        authenticated: bool,
        cost: Cost,
        now: Timestamp,
    ) -> Result<(), RateHit> {
        let plan = plans.of(subject.kind());
        if plan.rates_for(subject, authenticated).next().is_none() {
            return Ok(());
        }
        let mut record = self.record(plans, plan, subject, now);
        if let Some(hit) = worst(plans, subject, Some(&record), authenticated, cost, now) {
            return Err(hit);
        }
        record.touch(now);
        for (place, rate, pace) in plan.rates_for(subject, authenticated) {
            if let Some(bucket) = record.bucket_mut(plan, place) {
                bucket.take(&pace, rate.units(cost), now);
            }
        }
        Ok(())
    }

    fn refund(&self, plans: &Plans, subject: &SubjectKey, authenticated: bool, cost: Cost) {
        let plan = plans.of(subject.kind());
        let Some(mut record) = self.records.get_mut(subject) else { return };
        for (place, rate, pace) in plan.rates_for(subject, authenticated) {
            if let Some(bucket) = record.bucket_mut(plan, place) {
                bucket.refund(&pace, rate.units(cost));
            }
        }
    }

    /// Counts the deferral; a client that has come back too often is refused.
    fn deferred(&self, plans: &Plans, mut hit: RateHit, now: Timestamp) -> RateHit {
        let plan = plans.of(hit.subject.kind());
        let place = plan.rates.iter().position(|rate| rate.rule.name == hit.rule);
        let Some((place, rate)) = place.and_then(|place| Some((place, plan.rates.get(place)?))) else { return hit };
        let Some(pace) = rate.pace_for(&hit.subject) else { return hit };
        let mut record = self.record(plans, plan, &hit.subject, now);
        record.touch(now);
        let times = record.bucket_mut(plan, place).map_or(0, |bucket| bucket.deferred(&pace, now));
        hit.refuse |= rate.rule.refuse_after > 0 && times > u64::from(rate.rule.refuse_after);
        hit
    }
}

/// The limit of a subject that has the client wait longest; `None` when the message fits them all.
fn worst(
    plans: &Plans,
    subject: &SubjectKey,
    record: Option<&Record>,
    authenticated: bool,
    cost: Cost,
    now: Timestamp,
) -> Option<RateHit> {
    let plan = plans.of(subject.kind());
    let hits = plan.rates_for(subject, authenticated).filter_map(|(place, rate, pace)| {
        let unused = crate::count::Bucket::default();
        let bucket = record.and_then(|record| record.bucket(plan, place)).unwrap_or(&unused);
        let retry_after = bucket.wait(&pace, rate.units(cost), now);
        (!retry_after.is_zero()).then(|| hit(subject, rate, pace, cost, retry_after))
    });
    hits.max_by_key(severity)
}

fn hit(subject: &SubjectKey, rate: &Rate, pace: Pace, cost: Cost, retry_after: Duration) -> RateHit {
    RateHit {
        rule: rate.rule.name.clone(),
        subject: subject.clone(),
        counter: rate.rule.counter,
        limit: pace.limit,
        per: pace.per,
        retry_after,
        // Recipients can be split over several messages, bytes can't: coming back would never help.
        refuse: rate.rule.counter == RateCounter::Bytes && pace.excludes(rate.units(cost)),
    }
}

fn severity(hit: &RateHit) -> (bool, Duration) {
    (hit.refuse, hit.retry_after)
}
