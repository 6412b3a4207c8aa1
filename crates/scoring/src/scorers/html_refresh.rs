//! HTML that sends the reader on to another page by itself.

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let html = message.features.html.as_ref()?;
    (html.refreshes > 0).then(Seen::plainly)
}
