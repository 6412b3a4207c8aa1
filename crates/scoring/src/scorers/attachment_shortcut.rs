//! A Windows shortcut is attached, which is a command line with an icon. A saved web address (`.url`) is one of a tamer
//! kind, which people do send.

use model::features::FileKind;

use super::shared::{called, extension};
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let mut files = message.features.attachments.iter();
    let file = files.find(|file| file.kind == FileKind::Shortcut)?;
    let is_address = file.name.as_deref().and_then(extension).is_some_and(|extension| extension == "url");
    let seen = Seen::of(called(file));
    Some(if is_address { seen.partly(1, 3) } else { seen })
}
