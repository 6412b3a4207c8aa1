//! A Date field that is no date (RFC 5322 3.3).

use model::features::DateFact;

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    (message.features.headers.date == DateFact::Invalid).then(Seen::plainly)
}
