//! Emoji or other symbols in the sender's name. Shops decorate subjects; a name is what the reader knows them by.

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let from = message.features.headers.from.first()?;
    message.properties().name_is_decorated().then(|| Seen::of(&from.name))
}
