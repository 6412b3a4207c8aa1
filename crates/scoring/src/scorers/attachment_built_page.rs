//! An attached web page is built by its script when it is opened, so that nobody reads before what it will show.

use super::shared::called;
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let file = message.features.attachments.iter().find(|file| file.page.builds_itself)?;
    Some(Seen::of(called(file)))
}
