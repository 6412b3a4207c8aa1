//! Excuses that only unsolicited bulk mail makes. A newsletter that one signed up for has no need of them. The phrases are in `data/phrases/bulk_excuse.txt`.

use crate::phrases::{self, Family};
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    phrases::seen(message, Family::BulkExcuse)
}
