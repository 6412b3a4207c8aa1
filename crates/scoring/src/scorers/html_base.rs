//! A `<base>` that completes the links, so that none of them shows where it leads. Saved web pages have one as well.

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let html = message.features.html.as_ref()?;
    (html.bases > 0).then(Seen::plainly)
}
