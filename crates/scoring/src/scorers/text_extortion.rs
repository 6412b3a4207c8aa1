//! Pay, or be exposed. The phrases are in `data/phrases/extortion.txt`.

use crate::phrases::{self, Family};
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    phrases::seen(message, Family::Extortion)
}
