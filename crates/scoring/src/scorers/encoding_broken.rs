//! Bytes that do not belong into base64 or quoted-printable (RFC 2045 6): readers decode it all the same, filters stumble.

use model::features::MimeDefect;

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    message.features.structure.defects.contains(&MimeDefect::BadEncoding).then(Seen::plainly)
}
