//! One subject's counters, rate buckets and recent flagged messages, laid out by a plan.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use model::envelope::ForwardPath;
use model::standing::CounterKind;
use model::{Evidence, Network, Timestamp};

use crate::count::{Amount, Bucket, Tally};
use crate::plan::{Plan, Slot};

const DAY: Duration = Duration::from_secs(86_400);

/// What one message adds to the counters of its subjects.
#[derive(Debug, Clone, Default)]
pub struct Observation<'a> {
    /// Whether there is a message at all: a transaction may have ended before it, with refused recipients.
    pub is_message: bool,
    /// Its score.
    pub score: i32,
    /// Whether it is at or above the spam score.
    pub is_spam: bool,
    /// Whether it is unlike its sender's past in amount: many more messages, or new recipients, than ever.
    pub is_unusual: bool,
    /// The recipients that are known by name.
    pub recipients: &'a [ForwardPath],
    /// How many recipients there are, those not known by name included.
    pub recipient_count: u32,
    /// How many more were refused elsewhere.
    pub refused_recipients: u32,
    /// Its size.
    pub bytes: u64,
    /// Where it came from.
    pub network: Option<Network>,
    /// What is kept of it, when it may be the cause of a block ([`crate::Ledger::any_is_evidence`]).
    pub evidence: Option<Evidence>,
}

/// What an intercepted connection adds, which may be all that is known of it.
#[derive(Debug, Clone, Default)]
pub struct Passage {
    /// Connections that began.
    pub connections: u32,
    /// Where they were going.
    pub destination: Option<IpAddr>,
    /// Bytes from the client in an opaque stream.
    pub bytes: u64,
    /// What is kept of it, when any message may be a cause ([`crate::Ledger::any_is_evidence`]).
    pub evidence: Option<Evidence>,
}

/// What is counted.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Seen<'a> {
    /// A message.
    Message(&'a Observation<'a>),
    /// A connection, or a part of one.
    Passage(&'a Passage),
}

impl Seen<'_> {
    /// Whether it is a message that looks like spam.
    pub(crate) fn is_spam(self) -> bool {
        matches!(self, Self::Message(message) if message.is_spam)
    }
}

/// One subject's record.
#[derive(Debug)]
pub(crate) struct Record {
    plan: Arc<Plan>,
    /// One for each slot of the plan.
    tallies: Box<[Tally]>,
    /// One for each rate of the plan.
    buckets: Box<[Bucket]>,
    /// Flagged messages, oldest first; most subjects never have any.
    evidence: VecDeque<Arc<Evidence>>,
    /// When it was last counted.
    pub(crate) touched: Timestamp,
    /// Whether it changed since it was last written down.
    pub(crate) dirty: bool,
}

impl Record {
    /// An empty record; `key` is for its sketches.
    pub(crate) fn new(plan: &Arc<Plan>, key: u64, now: Timestamp) -> Self {
        Self {
            plan: Arc::clone(plan),
            tallies: plan.slots.iter().map(|slot| empty(slot, key)).collect(),
            buckets: plan.rates.iter().map(|_| Bucket::default()).collect(),
            evidence: VecDeque::new(),
            touched: now,
            dirty: true,
        }
    }

    /// A record of what was written down under another plan; what this plan doesn't count is left out.
    pub(crate) fn assembled(
        plan: &Arc<Plan>,
        key: u64,
        touched: Timestamp,
        mut tally: impl FnMut(&Slot) -> Option<Tally>,
        mut bucket: impl FnMut(&str) -> Option<Bucket>,
        evidence: VecDeque<Arc<Evidence>>,
    ) -> Self {
        Self {
            plan: Arc::clone(plan),
            tallies: plan.slots.iter().map(|slot| tally(slot).unwrap_or_else(|| empty(slot, key))).collect(),
            buckets: plan.rates.iter().map(|rate| bucket(&rate.rule.name).unwrap_or_default()).collect(),
            evidence,
            touched,
            dirty: true,
        }
    }

    /// Whether it is laid out by that plan.
    pub(crate) fn is_under(&self, plan: &Arc<Plan>) -> bool {
        Arc::ptr_eq(&self.plan, plan)
    }

    /// Moves over to the plan in force, keeping what both count.
    pub(crate) fn align(&mut self, plan: &Arc<Plan>, key: u64) {
        if self.is_under(plan) {
            return;
        }
        let evidence = std::mem::take(&mut self.evidence);
        let tally = |slot: &Slot| self.tallies().find(|(known, _)| *known == slot).map(|(_, tally)| tally.clone());
        let bucket = |name: &str| self.buckets().find(|(known, _)| *known == name).map(|(_, bucket)| bucket.clone());
        *self = Self::assembled(plan, key, self.touched, tally, bucket, evidence);
    }

    /// Counts a message or a connection.
    pub(crate) fn observe(&mut self, seen: Seen<'_>, authenticated: bool, now: Timestamp) {
        self.touch(now);
        for (slot, tally) in self.plan.slots.iter().zip(&mut self.tallies) {
            if slot.sessions.cover(authenticated) {
                match seen {
                    Seen::Message(message) => add(tally, slot, message, now),
                    Seen::Passage(passage) => add_passage(tally, slot, passage, now),
                }
            }
        }
    }

    /// Notes that the record changed.
    pub(crate) fn touch(&mut self, now: Timestamp) {
        self.touched = now;
        self.dirty = true;
    }

    /// The count of a slot of the plan.
    pub(crate) fn count(&self, place: usize, now: Timestamp) -> u64 {
        let slot = self.plan.slots.get(place).zip(self.tallies.get(place));
        slot.map_or(0, |(slot, tally)| tally.count(slot.window, now))
    }

    /// The count in the longest window that it is counted in, and that window; one day where it is not counted.
    pub(crate) fn longest(&self, counter: CounterKind, now: Timestamp) -> (u64, Duration) {
        let counted = self.tallies().filter(|(slot, _)| slot.counter == counter);
        let longest = counted.max_by_key(|(slot, _)| slot.window);
        longest.map_or((0, DAY), |(slot, tally)| (tally.count(slot.window, now), slot.window))
    }

    /// The bucket of a rate of the plan; `None` when the record is laid out by another.
    pub(crate) fn bucket(&self, plan: &Arc<Plan>, place: usize) -> Option<&Bucket> {
        self.buckets.get(place).filter(|_| self.is_under(plan))
    }

    /// Like [`Self::bucket`], to use it.
    pub(crate) fn bucket_mut(&mut self, plan: &Arc<Plan>, place: usize) -> Option<&mut Bucket> {
        if self.is_under(plan) { self.buckets.get_mut(place) } else { None }
    }

    /// Keeps a flagged message; beyond `most` the oldest goes.
    pub(crate) fn keep(&mut self, evidence: Arc<Evidence>, most: usize) {
        while self.evidence.len() >= most.max(1) {
            self.evidence.pop_front();
        }
        self.evidence.push_back(evidence);
    }

    /// The flagged messages, oldest first.
    pub(crate) fn evidence(&self) -> impl ExactSizeIterator<Item = &Arc<Evidence>> {
        self.evidence.iter()
    }

    /// Forgets the flagged messages, their memory too.
    pub(crate) fn drop_evidence(&mut self) {
        self.evidence = VecDeque::new();
    }

    /// Forgets what was counted, so that old spam does not trip again. What was used of the rates stays used.
    pub(crate) fn clear(&mut self, key: u64) {
        self.tallies = self.plan.slots.iter().map(|slot| empty(slot, key)).collect();
        self.drop_evidence();
        self.dirty = true;
    }

    /// The counters with their slots.
    pub(crate) fn tallies(&self) -> impl Iterator<Item = (&Slot, &Tally)> {
        self.plan.slots.iter().zip(&self.tallies)
    }

    /// The buckets with their rules' names.
    pub(crate) fn buckets(&self) -> impl Iterator<Item = (&str, &Bucket)> {
        self.plan.rates.iter().map(|rate| rate.rule.name.as_str()).zip(&self.buckets)
    }

    /// Whether nothing in it counts any more.
    pub(crate) fn is_stale(&self, now: Timestamp) -> bool {
        now.since(self.touched) > self.plan.horizon
    }
}

fn empty(slot: &Slot, key: u64) -> Tally {
    match slot.counter {
        CounterKind::DistinctRecipients | CounterKind::DistinctNetworks | CounterKind::DistinctDestinations => {
            Tally::distinct(key)
        }
        _ => Tally::sum(),
    }
}

fn add(tally: &mut Tally, slot: &Slot, seen: &Observation<'_>, now: Timestamp) {
    let amount = match slot.counter {
        CounterKind::Messages => Amount::Units(seen.is_message.into()),
        CounterKind::Recipients => Amount::Units(seen.recipient_count.into()),
        CounterKind::Spam => Amount::Units(seen.is_spam.into()),
        CounterKind::ScoreSum => Amount::Units(u64::try_from(seen.score).unwrap_or(0)),
        CounterKind::UnusualScore if !seen.is_unusual => Amount::Units(0),
        CounterKind::UnusualScore => Amount::Units(u64::try_from(seen.score).unwrap_or(0)),
        CounterKind::RefusedRecipients => Amount::Units(seen.refused_recipients.into()),
        CounterKind::Bytes => Amount::Units(seen.bytes),
        CounterKind::DistinctRecipients => Amount::Things(&mut seen.recipients.iter().map(folded)),
        CounterKind::DistinctNetworks => Amount::Things(&mut seen.network.into_iter().map(neighbourhood)),
        CounterKind::Connections | CounterKind::DistinctDestinations => return,
    };
    tally.add(amount, slot.window, now);
}

fn add_passage(tally: &mut Tally, slot: &Slot, passage: &Passage, now: Timestamp) {
    let amount = match slot.counter {
        CounterKind::Connections => Amount::Units(passage.connections.into()),
        CounterKind::DistinctDestinations => Amount::Things(&mut passage.destination.into_iter().map(spelled)),
        CounterKind::Bytes => Amount::Units(passage.bytes),
        _ => return,
    };
    tally.add(amount, slot.window, now);
}

/// Local parts may differ in case (RFC 5321 2.4), but hardly any recipient does.
fn folded(recipient: &ForwardPath) -> Vec<u8> {
    recipient.as_str().to_ascii_lowercase().into_bytes()
}

fn spelled(address: IpAddr) -> Vec<u8> {
    address.to_string().into_bytes()
}

fn neighbourhood(network: Network) -> Vec<u8> {
    network.neighbourhood().to_string().into_bytes()
}
