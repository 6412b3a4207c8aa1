//! An HTML message that is a picture and a link: the words stand in the picture, where no filter reads them.

use crate::{Reading, Seen};

const FEW_CHARS: usize = 120;

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let html = message.features.html.as_ref()?;
    let images = html.remote_images + html.inline_images;
    let text = message.features.text.plain.trim().chars().count();
    let bare = images > 0 && html.links > 0 && html.visible_chars < FEW_CHARS && text < FEW_CHARS;
    bare.then(|| Seen::of(html.visible_chars.to_string()))
}
