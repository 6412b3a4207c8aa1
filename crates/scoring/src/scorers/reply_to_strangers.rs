//! An answer, with a link or a file, that is one of many to people whom the sender has never written to: a thief goes on with
//! conversations out of stolen mailboxes, the account's own or others', at a pace that is not its owner's.
//!
//! Limits: whether somebody was written to by the recipient first can't be known, inbound mail is not seen. So it takes many.

use super::past;
use super::subject_fake_reply::claims_reply;
use crate::{Reading, Seen};

/// With so many earlier copies of its own it is no answer.
const COPIES: u32 = 5;
/// All points are for what leads somewhere new, from another network or program than ever; whoever lets a flat answers thirty
/// people in an evening with a link to its pictures, too.
const WHOLE: usize = 4;
const PART: usize = 3;

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let (features, headers) = (message.features, &message.features.headers);
    let habits = &features.circumstances.habits;
    let led = past::led(habits);
    let (strangers, _, period) = led.or_else(|| past::strangers(habits))?;
    let answers = headers.is_reply || claims_reply(message.subject());
    let brings = message.link_hosts().next().is_some() || !features.attachments.is_empty();
    // An answer is one person's; the same text to everybody is a notice, whatever its subject says.
    let copies = features.circumstances.sameness.text.as_ref().map_or(0, |copies| copies.own);
    let elsewhere = led.is_some() && !habits.changes.is_empty();
    let share = if elsewhere { WHOLE } else { PART };
    let seen = || Seen::of(format!("{strangers} of them within this {period}")).partly(share, WHOLE);
    (answers && brings && copies < COPIES).then(seen)
}
