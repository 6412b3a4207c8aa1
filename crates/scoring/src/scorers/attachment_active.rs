//! A document that runs something when it is opened. Forms in PDF compute with JavaScript, so that earns a part.

use model::features::FileKind;

use super::shared::called;
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let (file, what) = message.features.attachments.iter().find_map(|file| Some((file, file.active?)))?;
    let seen = Seen::of(format!("{what}: {}", called(file)));
    Some(if file.kind == FileKind::Pdf && what.starts_with("JavaScript") { seen.partly(1, 5) } else { seen })
}
