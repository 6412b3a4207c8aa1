//! Pornography and arranged acquaintances. The phrases are in `data/phrases/adult.txt`.

use crate::phrases::{self, Family};
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    phrases::seen(message, Family::Adult)
}
