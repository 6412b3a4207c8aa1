//! Plain ASCII text in base64, which needs no encoding at all: it hides words from simple filters. Some web programs do it
//! without thinking, so it weighs little.

use crate::{Reading, Seen};

/// Text shorter than this says nothing.
const LEAST_BYTES: usize = 200;

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let features = message.features;
    let encoded = features.structure.parts.iter().any(|part| {
        part.content_type == "text/plain" && !part.is_attachment && part.encoding.as_deref() == Some("base64")
    });
    (encoded && features.text.plain.len() >= LEAST_BYTES && features.text.plain.is_ascii()).then(Seen::plainly)
}
