//! An answer, with a link or a file, that is one of many to people whom the sender has never written to: a thief goes on with
//! conversations out of stolen mailboxes, the account's own or others', at a pace that is not its owner's.
//!
//! Limits: whether somebody was written to by the recipient first can't be known, inbound mail is not seen. So it takes many.

use super::past;
use super::subject_fake_reply::claims_reply;
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let (features, headers) = (message.features, &message.features.headers);
    let (strangers, _, period) = past::strangers(&features.circumstances.habits)?;
    let answers = headers.is_reply || claims_reply(message.subject());
    let brings = message.link_hosts().next().is_some() || !features.attachments.is_empty();
    (answers && brings).then(|| Seen::of(format!("{strangers} of them within this {period}")))
}
