//! More parts, deeper ones, or more text behind other content than any filter reads: what is meant for the reader may stand there.

use model::features::{Bound, MimeDefect};

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let features = message.features;
    let hit = |bound| features.bounds_hit.contains(&bound);
    if features.structure.defects.contains(&MimeDefect::TooDeep) {
        Some(Seen::of("parts nested without end"))
    } else if hit(Bound::Parts) {
        Some(Seen::of("hundreds of parts"))
    } else {
        hit(Bound::Behind).then(|| Seen::of("texts without end behind other content"))
    }
}
