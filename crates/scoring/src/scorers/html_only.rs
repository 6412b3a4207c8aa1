//! HTML without a plain text part. Shops and web programs send it so too; it weighs little.

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let structure = &message.features.structure;
    (structure.count("text/html") > 0 && structure.count("text/plain") == 0).then(Seen::plainly)
}
