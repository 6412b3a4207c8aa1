//! An HTML or SVG file is attached: opened from disk, it is a phishing page without a host that could be blocked. Archives
//! of web pages and reports come like that too.

use model::features::FileKind;

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let mut files = message.features.attachments.iter();
    files.find(|file| file.kind == FileKind::Html).map(|file| Seen::of(super::shared::called(file)))
}
