//! A Windows shortcut is attached, which is a command line with an icon.

use model::features::FileKind;

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let mut files = message.features.attachments.iter();
    files.find(|file| file.kind == FileKind::Shortcut).map(|file| Seen::of(super::shared::called(file)))
}
