//! What a restart must not lose: records as snapshots, blocks as they were written.

use model::{Block, SubjectKey, Timestamp};

use super::Ledger;
use crate::plan::Plans;
use crate::record::Record;
use crate::snapshot;
use crate::store::Snapshot;

impl Ledger {
    /// Whose records changed since they were last encoded; stale ones are left out.
    pub fn dirty_subjects(&self, now: Timestamp) -> Vec<SubjectKey> {
        let changed = self.records.iter().filter(|record| record.dirty && !record.is_stale(now));
        changed.map(|record| record.key().clone()).collect()
    }

    /// The records of these subjects as they are now, encoded. One takes a few KB, much more than the record itself: ask
    /// for some at a time.
    pub fn snapshots(&self, subjects: &[SubjectKey]) -> Vec<Snapshot> {
        subjects.iter().filter_map(|subject| self.snapshot(subject)).collect()
    }

    fn snapshot(&self, subject: &SubjectKey) -> Option<Snapshot> {
        let mut record = self.records.get_mut(subject)?;
        record.dirty = false;
        let block = self.register.latest(subject);
        let bytes = snapshot::encode(&record, block.as_ref())?;
        Some(Snapshot { subject: subject.clone(), at: record.touched, record: bytes })
    }

    /// All records that changed since they were last encoded.
    pub fn dirty_snapshots(&self, now: Timestamp) -> Vec<Snapshot> {
        self.snapshots(&self.dirty_subjects(now))
    }

    /// Takes over what an earlier process wrote down. Snapshots that can't be read are left out: a subject starts anew
    /// then. So are the counts from before a release, which must not trip again.
    pub fn restore(&self, blocks: Vec<Block>, snapshots: Vec<Snapshot>, now: Timestamp) {
        let plans = self.plans.load();
        blocks.into_iter().for_each(|block| self.register.restore(block, plans.blocks.strike_memory));
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
