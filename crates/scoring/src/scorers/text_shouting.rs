//! A letter written in capitals throughout.

use super::shared::capitals;
use crate::{Reading, Seen};

/// Shorter texts are notices and signatures.
const LEAST_LETTERS: usize = 300;

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let text = model::names::bounded(message.features.text.shown(), 4096);
    let (letters, capitals) = capitals(text);
    (letters >= LEAST_LETTERS && capitals * 2 > letters).then(|| Seen::of(format!("{} %", capitals * 100 / letters)))
}
