//! A frame or an embedded object inside a mail: content that is not in the message.

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let html = message.features.html.as_ref()?;
    (html.embeds > 0).then(|| Seen::of(html.embeds.to_string()))
}
