//! A program is attached. Mail providers refuse it almost everywhere.

use model::features::FileKind;

use super::shared::{called, is_program};
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    message.features.attachments.iter().find_map(|file| {
        let by_content = matches!(file.kind, FileKind::WindowsProgram);
        let by_name = file.name.as_deref().is_some_and(is_program) && file.kind != FileKind::Text;
        (by_content || by_name).then(|| Seen::of(called(file)))
    })
}
