//! Housekeeping: blocks that end by themselves, records that say nothing any more, room for new ones, figures.

use std::sync::atomic::Ordering;
use std::time::Duration;

use model::standing::Transition;
use model::{SubjectKey, Timestamp};
use serde::{Deserialize, Serialize};

use super::Ledger;
use crate::plan::Plans;
use crate::register::Releaser;

/// More flagged messages than this are not kept over all subjects (about 30 MB); the idlest subjects' go first.
const MOST_EVIDENCE: usize = 20_000;

/// Where a subject stands with one rule, for operators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleCount {
    /// The rule's name.
    pub rule: String,
    /// What it counts.
    pub counter: String,
    /// Of what [`Self::count`] and [`Self::limit`] are a percentage, if they are one.
    pub percent_of: Option<String>,
    /// How much there is now.
    pub count: u64,
    /// How much is too much; `None` when the rule is off for this subject.
    pub limit: Option<u64>,
    /// In how long.
    pub window: Duration,
    /// Whether it is a rate limit.
    pub is_rate: bool,
}

/// How many blocks of one customer may still end by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReleasesLeft {
    /// So many may end within [`Self::window`]; 0: they are not counted.
    pub most: u32,
    /// So many have, or will.
    pub used: u32,
    /// In how long.
    pub window: Duration,
}

impl Ledger {
    /// How many blocks of the customer of this service may still end by themselves.
    pub fn releases_left(&self, service: &str, now: Timestamp) -> ReleasesLeft {
        let plans = self.plans.load();
        let (most, window) = (plans.blocks.customer_automatic_releases, plans.blocks.customer_release_window);
        let used = self.register.releases_used(service, window, now);
        ReleasesLeft { most, used: u32::try_from(used).unwrap_or(u32::MAX), window }
    }

    /// Ends blocks whose time is over and those of subjects that are allow-listed by now, and finishes releases. Call it every
    /// second or so: a block that ends by itself is `unblocking` from one call to the next.
    pub fn sweep(&self, now: Timestamp) -> Vec<Transition> {
        self.due(now).iter().filter_map(|subject| self.end_due(subject, now)).collect()
    }

    /// Whose block has a step to take by itself. Walks over all blocks.
    pub fn due(&self, now: Timestamp) -> Vec<SubjectKey> {
        self.register.due(|subject| self.is_allowed(subject), now)
    }

    /// The step that a block takes by itself, if it still has one to take.
    pub fn end_due(&self, subject: &SubjectKey, now: Timestamp) -> Option<Transition> {
        let end = || self.release(subject, self.what_ends(subject), now).ok();
        self.finish_release(subject, now).or_else(end)
    }

    fn what_ends(&self, subject: &SubjectKey) -> Releaser {
        if self.is_allowed(subject) { Releaser::AllowList } else { Releaser::Time }
    }

    /// Forgets strikes that have faded, records that count nothing any more, and flagged messages beyond the bound. Call
    /// it every minute or so: it walks over all records, in about a tenth of a second for a million.
    pub fn tidy(&self, now: Timestamp) {
        self.register.forget(&self.plans.load().blocks, now);
        let mut kept = Vec::new();
        self.records.retain(|_, record| {
            let messages = record.evidence().len();
            let stale = record.is_stale(now);
            if !stale && messages > 0 {
                kept.push((record.touched, messages));
            }
            !stale
        });
        if let Some(since) = too_old(kept, MOST_EVIDENCE) {
            let idle = self.records.iter_mut().filter(|record| record.touched <= since);
            idle.for_each(|mut record| record.drop_evidence());
        }
    }

    /// Forgets the idlest eighth when there are as many subjects as may be. One session does it while others go on.
    pub(super) fn make_room(&self, plans: &Plans) {
        let most = plans.blocks.max_subjects as usize;
        if self.records.len() < most || self.evicting.swap(true, Ordering::Acquire) {
            return;
        }
        self.evict(most / 8);
        self.evicting.store(false, Ordering::Release);
    }

    fn evict(&self, some: usize) {
        let mut times: Vec<_> = self.records.iter().map(|record| record.touched).collect();
        let Some(last) = some.checked_sub(1).filter(|last| *last < times.len()) else { return };
        let (_, threshold, _) = times.select_nth_unstable(last);
        let (threshold, mut left) = (*threshold, some);
        self.records.retain(|_, record| {
            let goes = left > 0 && record.touched <= threshold;
            left -= usize::from(goes);
            !goes
        });
        self.evicted.fetch_add((some - left) as u64, Ordering::Relaxed);
    }

    /// Where a subject stands with each rule.
    pub fn counts(&self, subject: &SubjectKey, now: Timestamp) -> Vec<RuleCount> {
        let plans = self.plans.load();
        let plan = plans.of(subject.kind());
        let Some(record) = self.aligned(plan, subject) else { return Vec::new() };
        let trips = plan.trips.iter().map(|trip| RuleCount {
            rule: trip.rule.name.clone(),
            counter: trip.rule.counter.as_str().to_owned(),
            percent_of: trip.rule.percent_of.map(|base| base.as_str().to_owned()),
            count: trip.value(&record, now),
            limit: trip.limit_for(subject),
            window: trip.rule.window,
            is_rate: false,
        });
        let rates = plan.rates.iter().enumerate().map(|(place, rate)| {
            let pace = rate.pace_for(subject);
            RuleCount {
                rule: rate.rule.name.clone(),
                counter: rate.rule.counter.as_str().to_owned(),
                percent_of: None,
                count: pace.zip(record.bucket(plan, place)).map_or(0, |(pace, bucket)| bucket.used(&pace, now)),
                limit: pace.map(|pace| pace.limit),
                window: rate.rule.per,
                is_rate: true,
            }
        });
        trips.chain(rates).collect()
    }

    /// How many subjects are counted.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether nobody is counted.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// How many subjects are blocked.
    pub fn blocked_len(&self) -> usize {
        self.register.active_len()
    }
}

/// Up to when subjects were last seen whose flagged messages have to go, so that at most `most` stay.
fn too_old(mut kept: Vec<(Timestamp, usize)>, most: usize) -> Option<Timestamp> {
    kept.sort_unstable_by_key(|(touched, _)| std::cmp::Reverse(*touched));
    let mut total = 0;
    kept.into_iter().find_map(|(touched, messages)| {
        total += messages;
        (total > most).then_some(touched)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_idlest_lose_their_evidence_first() {
        let at = |second| Timestamp::from_secs(second);
        let kept = vec![(at(5), 10), (at(9), 10), (at(7), 10)];
        assert_eq!(too_old(kept.clone(), 30), None);
        assert_eq!(too_old(kept.clone(), 29), Some(at(5)));
        assert_eq!(too_old(kept, 10), Some(at(7)));
    }
}
