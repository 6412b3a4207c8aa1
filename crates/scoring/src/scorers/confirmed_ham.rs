//! A person has said of the same message that it is no spam: it takes back what the content costs.

use model::circumstances::Confirmation;

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let word = message.features.circumstances.sameness.confirmed;
    (word == Some(Confirmation::Ham)).then(Seen::plainly)
}
