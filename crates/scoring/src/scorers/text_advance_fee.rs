//! A fortune waits for the reader's help, or for a fee. The phrases are in `data/phrases/advance_fee.txt`.

use crate::phrases::{self, Family};
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    phrases::seen(message, Family::AdvanceFee)
}
