//! A person has said of nearly the same message that it is spam.

use model::circumstances::Confirmation;

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let word = message.features.circumstances.sameness.confirmed;
    (word == Some(Confirmation::Spam)).then(Seen::plainly)
}
