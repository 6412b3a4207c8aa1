//! No From field. A submitted message must have one (RFC 5322 3.6), and a mail server adds Date and Message-ID, not From.

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    (!message.features.headers.has("from")).then(Seen::plainly)
}
