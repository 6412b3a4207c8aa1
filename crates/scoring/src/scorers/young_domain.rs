//! A DNS list says that a domain of the sender or of a link was registered days ago.

use model::circumstances::{Asked, Listed};

use super::shared::listings;
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    listings(message, &[Asked::Url, Asked::From, Asked::MailFrom, Asked::ReplyTo], Listed::Young)
}
