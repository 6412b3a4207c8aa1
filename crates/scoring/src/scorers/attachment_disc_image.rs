//! A disc image is attached: what is inside loses the mark "from the internet" and runs without a warning.

use model::features::FileKind;

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let mut files = message.features.attachments.iter();
    files.find(|file| file.kind == FileKind::DiscImage).map(|file| Seen::of(super::shared::called(file)))
}
