//! Search ranking, web design and address lists, offered to strangers. The phrases are in `data/phrases/web_pitch.txt`.

use crate::phrases::{self, Family};
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    phrases::seen(message, Family::WebPitch)
}
