//! An HTML or SVG file is attached: opened from disk, it is a phishing page without a host that could be blocked. Reports
//! come like that too, so all the points are for a short text that uses a phisher's words to have the file opened.

use model::features::FileKind;

use crate::phrases::Family;
use crate::{Reading, Seen};

/// A longer text, in bytes, says something of its own.
const SHORT_TEXT: usize = 600;

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let mut files = message.features.attachments.iter();
    let file = files.find(|file| file.kind == FileKind::Html)?;
    let short = message.features.text.shown().trim().len() < SHORT_TEXT;
    let lured = short && message.phrases(Family::Credentials).1 > 0;
    let seen = Seen::of(super::shared::called(file));
    Some(if lured { seen } else { seen.partly(3, 8) })
}
