//! A DNS list names a domain of the sender: of From, MAIL FROM or Reply-To.

use model::circumstances::{Asked, Listed};

use super::shared::listings;
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    listings(message, &[Asked::From, Asked::MailFrom, Asked::ReplyTo], Listed::Bad)
}
