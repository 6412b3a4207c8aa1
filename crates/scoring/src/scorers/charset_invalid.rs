//! Text that is not in the charset it names: UTF-8 that is none, or 8-bit letters under US-ASCII (RFC 2045 2.7).

use model::features::MimeDefect;

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    message.features.structure.defects.iter().find_map(|defect| match defect {
        MimeDefect::InvalidUtf8 => Some(Seen::of("UTF-8")),
        _ => None,
    })
}
