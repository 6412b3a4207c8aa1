//! A prize, grant or compensation the reader never applied for. The phrases are in `data/phrases/prize.txt`.

use crate::phrases::{self, Family};
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    phrases::seen(message, Family::Prize)
}
