//! An attachment's name ends like a document, and then goes on: Windows hides what follows.

use super::shared::{called, hides_extension};
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    message.features.attachments.iter().find(|file| file.name.as_deref().is_some_and(hides_extension)).map(|file| Seen::of(called(file)))
}
