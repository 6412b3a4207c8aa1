//! The message is signed, and none of its signatures holds (RFC 6376).

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let broken = message.features.circumstances.dns.authentication.dkim.as_ref()?;
    Some(Seen::of(format!("{}, {}", broken.domain, broken.why)))
}
