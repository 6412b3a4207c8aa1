//! An attachment is not what its name says: a picture or PDF by name, an archive or program by content.

use model::features::FileKind;

use super::shared::{called, extension};
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    message.features.attachments.iter().find_map(|file| {
        let claimed = extension(file.name.as_deref()?)?;
        let harmless = matches!(claimed.as_str(), "pdf" | "jpg" | "jpeg" | "png" | "gif" | "txt" | "csv" | "mp3" | "mp4");
        let other = matches!(
            file.kind,
            FileKind::WindowsProgram | FileKind::UnixProgram | FileKind::Zip | FileKind::Rar | FileKind::SevenZip | FileKind::Html | FileKind::Ole | FileKind::Shortcut
        );
        (harmless && other).then(|| Seen::of(called(file)))
    })
}
