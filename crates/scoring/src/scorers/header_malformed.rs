//! Lines in the header section that are no fields, or hold a NUL: written by hand-made software.

use model::features::HeaderDefect;

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    message.features.headers.defects.iter().find_map(|defect| match defect {
        HeaderDefect::Malformed(line) => Some(Seen::of(line)),
        HeaderDefect::Nul(name) => Some(Seen::of(format!("NUL in {name}"))),
        _ => None,
    })
}
