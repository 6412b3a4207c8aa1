//! The reader is to scan a code with a telephone, which leaves the firm's filters behind, and there is a picture to scan. The
//! phrases are in `data/phrases/qr_code.txt`; invoices and tickets carry codes as well, with other words.

use model::features::FileKind;

use crate::phrases::{self, Family};
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let seen = phrases::seen(message, Family::QrCode)?;
    let features = message.features;
    let shown = features.html.as_ref().is_some_and(|html| html.inline_images + html.remote_images > 0);
    let attached = features.attachments.iter().any(|file| matches!(file.kind, FileKind::Image | FileKind::Pdf));
    (shown || attached).then_some(seen)
}
