//! The boss asks for gift cards or a quiet transfer, or a supplier for payment to a new account. The phrases are in `data/phrases/payment_request.txt`.

use crate::phrases::{self, Family};
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    phrases::seen(message, Family::PaymentRequest)
}
