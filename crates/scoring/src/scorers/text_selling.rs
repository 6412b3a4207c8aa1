//! Loud selling. Shops advertise to customers in some of the same words, so it takes many of them. The phrases are in `data/phrases/selling.txt`.

use crate::phrases::{self, Family};
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    phrases::seen(message, Family::Selling)
}
