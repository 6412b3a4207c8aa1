//! A parcel waits for a small fee. The phrases are in `data/phrases/parcel.txt`.

use crate::phrases::{self, Family};
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    phrases::seen(message, Family::Parcel)
}
