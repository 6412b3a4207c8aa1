//! Malware by the word of an external scanner.

use model::circumstances::Word;

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    message.features.circumstances.opinions.iter().find_map(|opinion| match &opinion.word {
        Word::Virus(name) => Some(Seen::of(name)),
        Word::Clean | Word::Rated { .. } | Word::Awaited => None,
    })
}
