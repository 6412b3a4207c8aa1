//! Loans, mortgages and relief from debt, offered to strangers. The phrases are in `data/phrases/loan.txt`.

use crate::phrases::{self, Family};
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    phrases::seen(message, Family::Loan)
}
