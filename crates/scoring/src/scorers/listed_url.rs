//! A DNS list names the domain of a link.

use model::circumstances::{Asked, Listed};

use super::shared::listings;
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    listings(message, &[Asked::Url], Listed::Bad)
}
