//! Who sends most, for operators.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use model::standing::CounterKind;
use model::{SubjectKey, Timestamp};

use super::Ledger;

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
            let [messages, spam] =
                [CounterKind::Messages, CounterKind::Spam].map(|counter| record.longest(counter, now).0);
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
