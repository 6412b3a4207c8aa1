//! What runs when a document is opened: script in an SVG picture, JavaScript and launched programs in a PDF.
//!
//! Limits: what a PDF packs into compressed streams is not seen.

use model::features::FileKind;

use crate::attachment::glimpse::Glimpse;
use crate::bytes;

/// What runs a script in an SVG, lower case.
const SVG: &[&[u8]] =
    &[b"<script", b"javascript:", b"onload", b"onclick", b"onmouseover", b"<foreignobject", b"<iframe"];

/// What would run, as words for a person.
pub(super) fn find(glimpse: &Glimpse<'_>, kind: FileKind, name: &str) -> Option<&'static str> {
    match kind {
        FileKind::Html if is_svg(glimpse.first, name) => {
            let text = glimpse.first.to_ascii_lowercase();
            SVG.iter().any(|mark| bytes::contains(&text, mark)).then_some("a script in a picture")
        }
        FileKind::Pdf if glimpse.contains(b"/Launch") => Some("a program started by a PDF"),
        FileKind::Pdf
            if glimpse.contains(b"/JavaScript") || glimpse.contains(b"/JS (") || glimpse.contains(b"/JS(") =>
        {
            Some("JavaScript in a PDF")
        }
        _ => None,
    }
}

/// Whether it is a picture, which has its own signal.
pub(super) fn is_svg(content: &[u8], name: &str) -> bool {
    name.ends_with(".svg") || bytes::contains(bytes::head(content, 1024), b"<svg")
}
