//! No Date field (RFC 5322 3.6). Many servers add it at submission, so it weighs little.

use model::features::DateFact;

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    (message.features.headers.date == DateFact::Missing).then(Seen::plainly)
}
