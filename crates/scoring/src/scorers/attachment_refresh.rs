//! An attached web page leads on to another by itself.

use super::shared::called;
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let file = message.features.attachments.iter().find(|file| file.page.leads_on)?;
    Some(Seen::of(called(file)))
}
