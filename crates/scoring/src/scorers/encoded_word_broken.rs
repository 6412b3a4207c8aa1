//! An encoded word nobody can read (RFC 2047 2): its charset or its encoding does not exist.

use model::features::HeaderDefect;

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    message.features.headers.defects.iter().find_map(|defect| match defect {
        HeaderDefect::BadEncodedWord(name) => Some(Seen::of(name)),
        _ => None,
    })
}
