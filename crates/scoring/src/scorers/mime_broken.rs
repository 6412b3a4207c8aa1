//! A MIME structure no mail program writes (RFC 2045, 2046): made to be read differently by filter and reader.

use model::features::MimeDefect;

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    message.features.structure.defects.iter().find_map(|defect| match defect {
        MimeDefect::NoBoundary => Some(Seen::of("a multipart without its boundary")),
        MimeDefect::UnknownEncoding(name) => Some(Seen::of(format!("the encoding {name}"))),
        MimeDefect::RepeatedParameter(name) => Some(Seen::of(format!("two parameters named {name}"))),
        MimeDefect::SharedBoundary => Some(Seen::of("a multipart with the boundary of the one around it")),
        _ => None,
    })
}
