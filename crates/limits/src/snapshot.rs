//! A record as it is written down: a version byte, then JSON that names each counter by its rule's terms.
//!
//! It is read under whatever rules are in force then: counters they don't have are left out, new ones start empty. What
//! can't be read, or was written by another version, is no snapshot.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use model::standing::CounterKind;
use model::{Block, BlockRef, Evidence, Timestamp};
use serde::{Deserialize, Serialize};

use crate::count::{Bucket, Tally};
use crate::plan::{Plan, Slot};
use crate::record::Record;
use crate::rules::Sessions;

const VERSION: u8 = 1;

/// A record that was read back.
#[derive(Debug, Deserialize)]
pub(crate) struct Saved {
    tallies: Vec<(SavedSlot, Tally)>,
    buckets: Vec<(String, Bucket)>,
    evidence: Vec<Evidence>,
    attempts: Option<(BlockRef, u64)>,
}

/// The same, borrowed from the record.
#[derive(Serialize)]
struct Saving<'a> {
    tallies: Vec<(SavedSlot, &'a Tally)>,
    buckets: Vec<(&'a str, &'a Bucket)>,
    evidence: Vec<&'a Evidence>,
    attempts: Option<(&'a BlockRef, u64)>,
}

/// What a counter counts, in the words of the configuration.
#[derive(Debug, Serialize, Deserialize)]
struct SavedSlot {
    counter: String,
    window: Duration,
    sessions: String,
}

impl SavedSlot {
    fn of(slot: &Slot) -> Self {
        Self { counter: slot.counter.as_str().into(), window: slot.window, sessions: slot.sessions.as_str().into() }
    }

    fn slot(&self) -> Option<Slot> {
        let counter = CounterKind::from_word(&self.counter)?;
        Some(Slot { counter, window: self.window, sessions: Sessions::from_word(&self.sessions)? })
    }
}

/// The record's bytes, with the attempts refused because of its block.
pub(crate) fn encode(record: &Record, block: Option<&Block>) -> Option<Vec<u8>> {
    let saving = Saving {
        tallies: record.tallies().map(|(slot, tally)| (SavedSlot::of(slot), tally)).collect(),
        buckets: record.buckets().collect(),
        evidence: record.evidence().map(|kept| &**kept).collect(),
        attempts: block.map(|block| (&block.reference, block.attempts)),
    };
    let mut bytes = vec![VERSION];
    serde_json::to_writer(&mut bytes, &saving).ok()?;
    Some(bytes)
}

/// What the bytes say; `None` when they are not of this version.
pub(crate) fn decode(bytes: &[u8]) -> Option<Saved> {
    let (version, json) = bytes.split_first()?;
    if *version != VERSION {
        return None;
    }
    serde_json::from_slice(json).ok()
}

impl Saved {
    /// The attempts refused, and because of which block.
    pub(crate) fn attempts(&self) -> Option<(BlockRef, u64)> {
        self.attempts.clone()
    }

    /// The record under the rules in force.
    pub(crate) fn into_record(self, plan: &Arc<Plan>, key: u64, touched: Timestamp) -> Record {
        let evidence: VecDeque<_> = self.evidence.into_iter().map(Arc::new).collect();
        let saved: Vec<_> = self.tallies.iter().filter_map(|(slot, tally)| Some((slot.slot()?, tally))).collect();
        let tally = |slot: &Slot| saved.iter().find(|(known, _)| known == slot).map(|(_, tally)| (*tally).clone());
        let bucket =
            |name: &str| self.buckets.iter().find(|(known, _)| known == name).map(|(_, bucket)| bucket.clone());
        Record::assembled(plan, key, touched, tally, bucket, evidence)
    }
}
