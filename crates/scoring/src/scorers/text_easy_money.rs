//! Easy income from home, casinos and diplomas. The phrases are in `data/phrases/easy_money.txt`.

use crate::phrases::{self, Family};
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    phrases::seen(message, Family::EasyMoney)
}
