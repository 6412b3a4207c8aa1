//! Subject or From is encoded (RFC 2047) though all of it is plain ASCII: it hides words from simple filters. Some web
//! programs encode everything, so it weighs little.

use model::features::HeaderDefect;

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    message.features.headers.defects.iter().find_map(|defect| match defect {
        HeaderDefect::NeedlessEncoding(name) if matches!(name.as_str(), "subject" | "from") => Some(Seen::of(name)),
        _ => None,
    })
}
