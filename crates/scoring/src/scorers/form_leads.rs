//! What a web site's form sends to the address that was typed in, leading somewhere else than to the site. One such copy may be a
//! customer's; many that lead strangers to places that are new for the sender are a thief's, who uses the site's good name.

use super::past;
use crate::phrases::Family;
use crate::{Reading, Seen};

/// The part of the points for one copy that leads somewhere.
const ONE: usize = 30;
/// The part for what a program wrote and nothing shows to be a form's.
const PROGRAM: usize = 30;

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let features = message.features;
    let led = past::led(&features.circumstances.habits);
    let (phrases, _) = message.phrases(Family::FormCopy);
    let program = features.headers.automatic || features.headers.web_script.is_some();
    let seen = match (phrases.first(), led) {
        (Some(phrase), Some((led, _, period))) => Seen::of(format!("“{phrase}”, like {led} within this {period}")),
        (Some(phrase), None) => Seen::of(format!("“{phrase}”")).partly(ONE, 100),
        (None, Some((led, _, period))) if program => {
            Seen::of(format!("by a program, like {led} within this {period}")).partly(PROGRAM, 100)
        }
        _ => return None,
    };
    (!features.headers.list && leads_elsewhere(message)).then_some(seen)
}

fn leads_elsewhere(message: &Reading<'_>) -> bool {
    let own = message.from_domain().unwrap_or_default();
    message.distinct_hosts().any(|(host, _)| !super::shared::related(host, own)) || has_foreign_address(message, own)
}

/// An address in the text that is neither the site's nor the recipient's.
fn has_foreign_address(message: &Reading<'_>, own: &str) -> bool {
    let headers = &message.features.headers;
    let known = |word: &str| headers.to.iter().chain(&headers.from).any(|mailbox| word.eq_ignore_ascii_case(&mailbox.address));
    let words = message.features.text.shown().split_whitespace().filter(|word| word.contains('@')).take(20);
    words.filter_map(super::shared::address_in).any(|(domain, word)| !super::shared::related(&domain, own) && !known(word))
}
