//! A DNS list names the client's address.

use model::circumstances::{Asked, Listed};

use super::shared::listings;
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    listings(message, &[Asked::Client], Listed::Bad)
}
