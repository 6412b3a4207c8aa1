//! A link to an address written as one number, in octal or in hexadecimal: nobody does that who wants to be recognised.

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    message.features.urls.iter().find(|url| url.disguised_address).map(|url| Seen::of(&url.url))
}
