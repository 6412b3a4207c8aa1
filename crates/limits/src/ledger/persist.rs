//! What a restart must not lose: records as snapshots, blocks as they were written.

use model::{Block, Timestamp};

use super::Ledger;
use crate::plan::Plans;
use crate::record::Record;
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
    /// then. So are the counts from before a release, which must not trip again.
    pub fn restore(&self, blocks: Vec<Block>, snapshots: Vec<Snapshot>, now: Timestamp) {
        blocks.into_iter().for_each(|block| self.register.restore(block));
        let plans = self.plans.load();
        let most = plans.blocks.max_subjects as usize;
        for snapshot in snapshots {
            let Some(record) = self.restored(&plans, &snapshot) else { continue };
            if !record.is_stale(now) && self.records.len() < most {
                self.records.insert(snapshot.subject, record);
            }
        }
    }

    fn restored(&self, plans: &Plans, snapshot: &Snapshot) -> Option<Record> {
        let read = snapshot::decode(&snapshot.record)?;
        if let Some((reference, attempts)) = read.attempts() {
            self.register.restore_attempts(&snapshot.subject, &reference, attempts);
        }
        let mut record = read.into_record(plans.of(snapshot.subject.kind()), self.sketch_key, snapshot.at);
        let released = self.register.latest(&snapshot.subject).and_then(|block| block.released);
        if released.is_some_and(|(at, _)| at >= snapshot.at) {
            record.clear(self.sketch_key);
        }
        Some(record)
    }
}
