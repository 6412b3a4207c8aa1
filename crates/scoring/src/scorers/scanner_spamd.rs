//! Spam by the word of SpamAssassin.

use super::shared::rated_by;
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    rated_by("spamd", message)
}
