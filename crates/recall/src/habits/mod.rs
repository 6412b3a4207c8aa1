//! Each sender's own past, in a bounded map.

mod filter;
mod leads;
pub(crate) mod manner;
pub(crate) mod portrait;
pub(crate) mod record;
mod slots;
mod volume;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use dashmap::DashMap;
use model::Timestamp;
use model::circumstances::HabitFacts;

use crate::settings::RecallSettings;
use portrait::Portrait;
use record::{Record, Sending};

/// Enough shards that sessions hardly meet.
const SHARDS: usize = 64;

/// The records by their sender's hash. A shard's lock is held for arithmetic only.
pub(crate) struct Habits {
    records: DashMap<u64, Kept, foldhash::fast::RandomState>,
    most: usize,
    settle_days: u32,
    evicting: AtomicBool,
    evicted: AtomicU64,
}

/// A record and whether it changed since it was written down.
struct Kept {
    record: Box<Record>,
    dirty: bool,
}

impl Habits {
    pub(crate) fn new(settings: &RecallSettings) -> Self {
        Self {
            records: DashMap::with_hasher_and_shard_amount(foldhash::fast::RandomState::default(), SHARDS),
            most: settings.senders as usize,
            settle_days: settings.settle_days,
            evicting: AtomicBool::new(false),
            evicted: AtomicU64::new(0),
        }
    }

    /// The message against its sender's past.
    pub(crate) fn facts(&self, sender: u64, sending: &Sending<'_>) -> HabitFacts {
        match self.records.get_mut(&sender) {
            Some(mut kept) => kept.record.facts(sending, self.settle_days),
            None => Record::default().facts(sending, self.settle_days),
        }
    }

    /// A sender's past as a person reads it; `None` of somebody who never sent. Changes nothing.
    pub(crate) fn portrait(&self, sender: u64, at: Timestamp) -> Option<Portrait> {
        let record = self.records.get(&sender)?.record.clone();
        Some(record.portrait(at, self.settle_days))
    }

    /// Notes the message.
    pub(crate) fn note(&self, sender: u64, sending: &Sending<'_>, good: bool) {
        if self.most == 0 {
            return;
        }
        if !self.records.contains_key(&sender) {
            self.make_room();
        }
        let mut kept = self.records.entry(sender).or_insert_with(|| Kept { record: Box::default(), dirty: true });
        kept.record.note(sending, good);
        kept.dirty = true;
    }

    /// What the sender did today was a thief's.
    pub(crate) fn disown(&self, sender: u64, at: Timestamp) {
        if let Some(mut kept) = self.records.get_mut(&sender) {
            kept.record.disown(at);
            kept.dirty = true;
        }
    }

    /// Forgets the idlest tenth when there are too many; one thread does, the others go on meanwhile.
    fn make_room(&self) {
        if self.records.len() < self.most || self.evicting.swap(true, Ordering::Acquire) {
            return;
        }
        let mut times: Vec<Timestamp> = self.records.iter().map(|kept| kept.record.last).collect();
        let tenth = times.len() / 10;
        if tenth < times.len() {
            let (_, limit, _) = times.select_nth_unstable(tenth);
            let limit = *limit;
            let before = self.records.len();
            // Of those idle for equally long (a flood within a millisecond) no more than the tenth go.
            let mut left = tenth + 1;
            self.records.retain(|_, kept| {
                let goes = kept.record.last <= limit && left > 0;
                left -= usize::from(goes);
                !goes
            });
            self.evicted.fetch_add((before.saturating_sub(self.records.len())) as u64, Ordering::Relaxed);
        }
        self.evicting.store(false, Ordering::Release);
    }

    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    pub(crate) fn evicted(&self) -> u64 {
        self.evicted.load(Ordering::Relaxed)
    }

    /// Whose records changed since they were last encoded.
    pub(crate) fn dirty(&self) -> Vec<u64> {
        self.records.iter().filter(|kept| kept.dirty).map(|kept| *kept.key()).collect()
    }

    /// A record as it is written down, with the time it was last used.
    pub(crate) fn encode(&self, sender: u64) -> Option<(Timestamp, Vec<u8>)> {
        let mut kept = self.records.get_mut(&sender)?;
        kept.dirty = false;
        Some((kept.record.last, kept.record.to_bytes()))
    }

    /// Takes over what was written down.
    pub(crate) fn restore(&self, sender: u64, bytes: &[u8]) {
        if self.records.len() < self.most
            && let Some(record) = Record::from_bytes(bytes)
        {
            self.records.insert(sender, Kept { record: Box::new(record), dirty: false });
        }
    }
}
