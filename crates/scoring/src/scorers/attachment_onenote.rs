//! A OneNote section is attached: files inside it run at a double click, and people share notebooks instead of mailing them.

use model::features::FileKind;

use super::shared::{called, extension};
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let named = |name: &str| extension(name).is_some_and(|extension| matches!(extension.as_str(), "one" | "onepkg"));
    message.features.attachments.iter().find_map(|file| {
        let by_name = file.name.as_deref().is_some_and(named) || file.inner_names.iter().any(|name| named(name));
        (file.kind == FileKind::OneNote || by_name).then(|| Seen::of(called(file)))
    })
}
