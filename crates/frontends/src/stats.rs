//! What the front ends count, for telemetry to read.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use wire::milter::Fault;

/// A figure that goes up, or up and down.
#[derive(Debug, Default)]
pub struct Count(AtomicU64);

impl Count {
    /// The figure now.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }
}

/// The figures of one front end.
#[derive(Debug, Default)]
pub struct Stats {
    /// Connections that are open now.
    pub connections_open: Count,
    /// Connections taken.
    pub connections: Count,
    /// Connections closed at once because too many were open.
    pub connections_refused: Count,
    /// Times a connection could not be taken: mostly too few file descriptors.
    pub accept_errors: Count,
    /// Connections closed because the MTA said nothing for too long.
    pub timeouts: Count,
    /// Connections that ended with a defect of our own (a panic).
    pub crashes: Count,
    /// Packets read.
    pub packets: Count,
    /// Bytes read.
    pub bytes: Count,
    /// Times an MTA was told to wait for a verdict.
    pub progress: Count,
    /// Verdicts that could not be told, because the MTA was gone.
    pub verdicts_untold: Count,
    faults: [Count; Fault::LABELS.len()],
}

impl Stats {
    /// Connections closed for a fault of the peer, by the fault's label.
    pub fn faults(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        Fault::LABELS.iter().zip(&self.faults).map(|(label, count)| (*label, count.get()))
    }

    pub(crate) fn fault(&self, fault: Fault) {
        if let Some(count) = self.faults.get(fault.index()) {
            count.add(1);
        }
    }

    /// A place for one more connection, unless `limit` are open; it is given back when dropped.
    pub(crate) fn seat(self: &Arc<Self>, limit: u64) -> Option<Seat> {
        let seat = Seat(Arc::clone(self));
        if self.connections_open.0.fetch_add(1, Ordering::Relaxed) >= limit {
            self.connections_refused.add(1);
            return None;
        }
        self.connections.add(1);
        Some(seat)
    }
}

/// One open connection's place.
#[derive(Debug)]
pub(crate) struct Seat(Arc<Stats>);

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.connections_open.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_are_bounded_and_given_back() {
        let stats = Arc::new(Stats::default());
        let first = stats.seat(1);
        assert!(first.is_some() && stats.seat(1).is_none());
        assert_eq!((stats.connections_open.get(), stats.connections_refused.get()), (1, 1));
        drop(first);
        assert_eq!(stats.connections_open.get(), 0);
        assert!(stats.seat(1).is_some());
    }

    #[test]
    fn faults_are_counted_by_label() {
        let stats = Stats::default();
        stats.fault(Fault::OutOfOrder(b'E'));
        assert_eq!(stats.faults().find(|(_, count)| *count == 1), Some(("out_of_order", 1)));
    }
}
