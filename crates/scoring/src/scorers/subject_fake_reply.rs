//! A subject that begins with Re: in a message that replies to nothing. Mail programs write In-Reply-To (RFC 5322 3.6.4);
//! some ticket systems and old clients do not, so it weighs little.

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let headers = &message.features.headers;
    let claims = claims_reply(message.subject());
    (claims && !headers.is_reply && !headers.automatic && !headers.list).then(|| Seen::of(message.subject()))
}

/// Whether a subject begins as an answer's does.
pub(super) fn claims_reply(subject: &str) -> bool {
    let start: String = subject.trim_start().chars().take(4).flat_map(char::to_lowercase).collect();
    ["re:", "re :", "aw:", "sv:", "rv:"].iter().any(|prefix| start.starts_with(prefix))
}
