//! A link that is a program or a page of its own (`javascript:`, `data:`) instead of an address.

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let html = message.features.html.as_ref()?;
    (html.script_links > 0).then(|| Seen::of(html.script_links.to_string()))
}
