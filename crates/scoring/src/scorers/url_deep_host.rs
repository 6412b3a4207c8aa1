//! A link whose host has so many labels that the reader sees only the first ones. Click counters have long names too.

use crate::{Reading, Seen};

const MANY_LABELS: usize = 6;

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    message.distinct_hosts().find(|(host, _)| host.split('.').count() >= MANY_LABELS).map(|(host, _)| Seen::of(host))
}
