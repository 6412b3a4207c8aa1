//! X-Mailer names a program known for sending from stolen accounts.

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let mailer = message.features.headers.mailer.as_deref()?;
    let named = mailer.to_lowercase();
    message.lexicon.spamware.iter().any(|tool| named.contains(tool)).then(|| Seen::of(mailer))
}
