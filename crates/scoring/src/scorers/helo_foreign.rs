//! The client calls itself a free mail provider's host, in EHLO, although somebody logged in or DNS calls it otherwise.
//!
//! What mail programs say of themselves (a literal, "localhost", a computer's name) is ordinary and costs nothing.

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let sender = &message.features.sender;
    let helo = sender.helo.trim_end_matches('.').to_ascii_lowercase();
    let claims = message.lexicon.freemail.covers(&helo);
    // The provider's own servers log in nowhere else, and their own customers do at home.
    let at_home = sender.login.as_ref()?.domain().is_some_and(|domain| super::shared::related(domain, &helo));
    (claims && !at_home).then(|| Seen::of(helo))
}
