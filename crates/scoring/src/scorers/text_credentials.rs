//! Log in here, or lose your account. The phrases are in `data/phrases/credentials.txt`.

use crate::home::leads_home;
use crate::phrases::{self, Family};
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    // A service's own words, with its own link.
    phrases::seen(message, Family::Credentials).filter(|_| !leads_home(message))
}
