//! An answer with the mail it answers below, which names no mail that it replies to: the correspondence is made up, or was
//! copied from a stolen mailbox. Mail programs write In-Reply-To (RFC 5322 3.6.4); forwarding is left out.

use crate::{Reading, Seen};

/// How the quoted mail's header begins in what mail programs write, lower case.
const HEADS: &[&str] = &[
    "from:", "von:", "de :", "de:", "da:", "van:", "od:", "от:", "kimden:", "-----original message", "差出人:", "发件人:",
];
/// Lines looked at.
const MOST_LINES: usize = 400;

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let headers = &message.features.headers;
    if headers.is_reply || headers.automatic || headers.list || !super::subject_fake_reply::claims_reply(message.subject())
    {
        return None;
    }
    let text = message.features.text.shown();
    text.lines().take(MOST_LINES).find(|line| begins_quoted_mail(line)).map(Seen::of)
}

fn begins_quoted_mail(line: &str) -> bool {
    let line = model::names::bounded(line.trim_start_matches(['>', ' ', '*']), 200).to_lowercase();
    let wrote = line.starts_with("on ") && line.ends_with(" wrote:") || line.starts_with("am ") && line.ends_with("schrieb:");
    wrote || HEADS.iter().any(|head| line.strip_prefix(head).is_some_and(|rest| rest.trim().len() > 2))
}
