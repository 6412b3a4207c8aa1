//! An HTML message that is a picture and a link: the words stand in the picture, where no filter reads them. A short note
//! above a signature with a linked logo has few words as well, so it earns a part only.

use crate::{Reading, Seen};

const FEW_CHARS: usize = 100;
const NO_CHARS: usize = 20;

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let html = message.features.html.as_ref()?;
    let images = html.remote_images + html.inline_images;
    let chars = html.visible_chars.max(message.features.text.plain.trim().chars().count());
    if images == 0 || html.links == 0 || chars >= FEW_CHARS {
        return None;
    }
    let seen = Seen::of(html.visible_chars.to_string());
    Some(if chars < NO_CHARS { seen } else { seen.partly(1, 3) })
}
