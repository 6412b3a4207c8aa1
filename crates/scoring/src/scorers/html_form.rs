//! A form inside a mail. Mail programs warn of it or break it, so honest senders link to a page.

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let html = message.features.html.as_ref()?;
    (html.forms > 0 && html.password_inputs == 0).then(|| Seen::of(html.forms.to_string()))
}
