//! A script inside a mail. No mail program runs it; it is there for the browser a victim opens it in.

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let html = message.features.html.as_ref()?;
    (html.scripts > 0).then(|| Seen::of(html.scripts.to_string()))
}
