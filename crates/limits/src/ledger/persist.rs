//! What a restart must not lose: records as snapshots, blocks as they were written.

use model::{Block, Timestamp};

use super::Ledger;
use crate::snapshot;
use crate::store::Snapshot;

impl Ledger {
    /// The records that changed since the last call, encoded; stale ones are left out.
    pub fn dirty_snapshots(&self, now: Timestamp) -> Vec<Snapshot> {
        let mut changed = Vec::new();
        for mut record in self.records.iter_mut() {
            if !std::mem::take(&mut record.dirty) || record.is_stale(now) {
                continue;
            }
            let block = self.register.latest(record.key());
            let subject = record.key().clone();
            changed.extend(snapshot::encode(&record, block.as_ref()).map(|bytes| Snapshot {
                subject,
                at: record.touched,
                record: bytes,
            }));
        }
        changed
    }

    /// Takes over what an earlier process wrote down. Snapshots that can't be read are left out: a subject starts anew
    /// then. Blocks first, so that no counter is ahead of the block it led to.
    pub fn restore(&self, blocks: Vec<Block>, snapshots: Vec<Snapshot>, now: Timestamp) {
        blocks.into_iter().for_each(|block| self.register.restore(block));
        let plans = self.plans.load();
        for snapshot in snapshots {
            let plan = plans.of(snapshot.subject.kind());
            let Some(read) = snapshot::decode(&snapshot.record) else { continue };
            if let Some((reference, attempts)) = read.attempts() {
                self.register.restore_attempts(&snapshot.subject, &reference, attempts);
            }
            let record = read.into_record(plan, self.sketch_key, snapshot.at);
            if !record.is_stale(now) && self.has_room(plans.blocks.max_subjects) {
                self.records.insert(snapshot.subject, record);
            }
        }
    }

    fn has_room(&self, most: u32) -> bool {
        self.records.len() < most as usize
    }
}
