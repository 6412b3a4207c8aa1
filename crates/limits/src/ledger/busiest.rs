//! Who sends most, for operators.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use model::standing::CounterKind;
use model::{SubjectKey, Timestamp};

use super::Ledger;
use crate::record::Record;

/// A subject with what it has sent within the longest window of its rules.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Busy {
    /// Messages.
    pub messages: u64,
    /// Spam among them.
    pub spam: u64,
    /// By whom.
    pub subject: SubjectKey,
}

impl Ledger {
    /// The subjects that send most, the busiest first. Walks over all records: for operators, not for messages.
    pub fn busiest(&self, most: usize, now: Timestamp) -> Vec<Busy> {
        let mut heap = BinaryHeap::with_capacity(most.saturating_add(1));
        for record in &self.records {
            let (messages, spam) = sent(&record, now);
            if messages > 0 {
                heap.push(Reverse(Busy { messages, spam, subject: record.key().clone() }));
            }
            if heap.len() > most {
                heap.pop();
            }
        }
        let mut busiest: Vec<_> = heap.into_iter().map(|Reverse(busy)| busy).collect();
        busiest.sort_by(|a, b| b.cmp(a));
        busiest
    }
}

/// Messages and spam, each in its longest window.
fn sent(record: &Record, now: Timestamp) -> (u64, u64) {
    let longest = |counter| {
        let counted = record.tallies().filter(|(slot, _)| slot.counter == counter);
        counted.max_by_key(|(slot, _)| slot.window).map_or(0, |(slot, tally)| tally.count(slot.window, now))
    };
    (longest(CounterKind::Messages), longest(CounterKind::Spam))
}
