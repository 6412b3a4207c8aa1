//! X-Mailer names a program known for sending from stolen accounts, or a field is there that only such a program writes.

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let headers = &message.features.headers;
    let by_name = headers.mailer.as_deref().filter(|mailer| {
        let named = mailer.to_lowercase();
        message.lexicon.spamware.iter().any(|tool| named.contains(tool))
    });
    if let Some(mailer) = by_name {
        return Some(Seen::of(mailer));
    }
    let own = headers.names.iter().find(|name| message.lexicon.spamware_headers.contains(name.as_str()))?;
    Some(Seen::of(format!("a program that writes {own}")))
}
