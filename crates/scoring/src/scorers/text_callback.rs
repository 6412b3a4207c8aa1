//! Call this number about a charge you never made. The phrases are in `data/phrases/callback.txt`.

use crate::phrases::{self, Family};
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    phrases::seen(message, Family::Callback)
}
