//! Letters from the mathematical and full-width alphabets used to write ordinary words.

use crate::{Reading, Seen};

const LEAST: usize = 12;

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let count = message.features.text.styled_letters;
    (count >= LEAST).then(|| Seen::of(count.to_string()))
}
