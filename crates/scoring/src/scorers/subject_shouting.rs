//! A subject all in capitals.

use super::shared::capitals;
use crate::{Reading, Seen};

/// Shorter subjects are abbreviations, ticket numbers, product names.
const LEAST_LETTERS: usize = 12;

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let subject = message.subject();
    let (letters, capitals) = capitals(subject);
    (letters >= LEAST_LETTERS && capitals * 10 >= letters * 9 && subject.contains(' ')).then(|| Seen::of(subject))
}
