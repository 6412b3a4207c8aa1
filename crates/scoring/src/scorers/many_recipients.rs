//! One copy for very many recipients, without any sign of a list (RFC 2369) or of automatic mail (RFC 3834).

use crate::{Reading, Seen};

const MANY: u32 = 50;

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let recipients = message.features.sender.recipients;
    let headers = &message.features.headers;
    (recipients >= MANY && !headers.list && !headers.automatic).then(|| Seen::of(recipients.to_string()))
}
