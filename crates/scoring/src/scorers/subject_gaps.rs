//! A subject with a wide gap, before which a reader stops and behind which a counter or a serial number stands.

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let subject = message.subject().trim();
    let gap = subject.contains("      ") || subject.contains("\t\t");
    gap.then(|| Seen::of(subject))
}
