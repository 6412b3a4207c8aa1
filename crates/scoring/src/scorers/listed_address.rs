//! A link leads to an address that a DNS list names: by number, or through its host.

use model::circumstances::{Asked, Listed};

use super::shared::listings;
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    listings(message, &[Asked::UrlAddress], Listed::Bad)
}
