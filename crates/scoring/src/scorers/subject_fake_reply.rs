//! A subject that begins with Re: in a message that replies to nothing. Mail programs write In-Reply-To (RFC 5322 3.6.4);
//! some ticket systems and old clients do not, so it weighs little.

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let headers = &message.features.headers;
    let start: String = message.subject().trim_start().chars().take(4).flat_map(char::to_lowercase).collect();
    let claims = ["re:", "re :", "aw:", "sv:", "rv:"].iter().any(|prefix| start.starts_with(prefix));
    (claims && !headers.is_reply && !headers.automatic && !headers.list).then(|| Seen::of(message.subject()))
}
