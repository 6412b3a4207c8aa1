//! Log in here, or lose your account. The phrases are in `data/phrases/credentials.txt`.

use crate::phrases::{self, Family};
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    phrases::seen(message, Family::Credentials)
}
