//! A password field inside a mail. No service asks for a password there.

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let html = message.features.html.as_ref()?;
    (html.password_inputs > 0).then(Seen::plainly)
}
