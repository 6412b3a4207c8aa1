//! A script is attached that Windows runs at a double click. Developers send scripts as text, patches or archives.

use super::shared::{called, is_script};
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    message.features.attachments.iter().find(|file| file.name.as_deref().is_some_and(is_script)).map(|file| Seen::of(called(file)))
}
