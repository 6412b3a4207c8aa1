//! Unencoded bytes above 127 in a header (RFC 5322 2.2), which mail programs encode (RFC 2047). Old web forms forget it too.

use model::features::HeaderDefect;

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    message.features.headers.defects.iter().find_map(|defect| match defect {
        HeaderDefect::RawEightBit(name) => Some(Seen::of(name)),
        _ => None,
    })
}
