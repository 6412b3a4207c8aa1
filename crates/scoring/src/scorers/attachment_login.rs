//! An attached web page has a field for a password: opened from disk, it has no host that could be known as bad.

use super::shared::called;
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let file = message.features.attachments.iter().find(|file| file.page.asks_password)?;
    Some(Seen::of(called(file)))
}
