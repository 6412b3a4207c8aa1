//! Shares about to rise, coins that double. The phrases are in `data/phrases/investment.txt`.

use crate::phrases::{self, Family};
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    phrases::seen(message, Family::Investment)
}
