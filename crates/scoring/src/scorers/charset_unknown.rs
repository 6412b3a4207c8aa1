//! A charset nobody knows.

use model::features::MimeDefect;

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    message.features.structure.defects.iter().find_map(|defect| match defect {
        MimeDefect::UnknownCharset(name) => Some(Seen::of(name)),
        _ => None,
    })
}
