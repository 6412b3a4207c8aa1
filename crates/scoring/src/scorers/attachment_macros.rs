//! An Office file with macros is attached.

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    message.features.attachments.iter().find(|file| file.macros).map(|file| Seen::of(super::shared::called(file)))
}
