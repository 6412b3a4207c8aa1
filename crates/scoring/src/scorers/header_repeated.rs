//! A field that may stand once stands several times (RFC 5322 3.6); From has its own signal.

use model::features::HeaderDefect;

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    message.features.headers.defects.iter().find_map(|defect| match defect {
        HeaderDefect::Repeated(name) if name != "from" => Some(Seen::of(name)),
        _ => None,
    })
}
