//! A mail program is named that does not write Message-IDs or boundaries of this shape: the name is borrowed.
//!
//! Only shapes that the program has kept for many years are checked. List software and gateways wrap messages anew, in
//! multipart/mixed and with boundaries of equals signs; that is no forgery.

use crate::{Reading, Seen};

/// A mail program by how it names itself, and the boundaries it writes.
struct Habit {
    named: &'static str,
    boundaries: &'static [&'static str],
}

const HABITS: &[Habit] = &[
    Habit { named: "microsoft outlook express", boundaries: &["----=_nextpart_"] },
    Habit { named: "microsoft outlook 1", boundaries: &["----=_nextpart_", "_00"] },
    Habit { named: "microsoft windows live mail", boundaries: &["----=_nextpart_"] },
    Habit { named: "apple mail", boundaries: &["apple-mail"] },
    Habit { named: "iphone mail", boundaries: &["apple-mail"] },
    Habit { named: "thunderbird", boundaries: &["------------"] },
    Habit { named: "the bat!", boundaries: &["----------"] },
];

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let headers = &message.features.headers;
    let mailer = headers.mailer.as_deref()?;
    let boundary = alternative_boundary(headers.content_type.as_deref()?)?;
    let named = mailer.to_lowercase();
    let habit = HABITS.iter().find(|habit| named.contains(habit.named))?;
    let rewrapped = boundary.starts_with("==");
    let fits = rewrapped || habit.boundaries.iter().any(|start| boundary.starts_with(start));
    (!fits).then(|| Seen::of(mailer))
}

/// The boundary of a multipart/alternative (RFC 2046 5.1.1), lower case.
fn alternative_boundary(content_type: &str) -> Option<String> {
    let lower = content_type.trim_start().to_lowercase();
    let (_, value) = lower.strip_prefix("multipart/alternative")?.split_once("boundary")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start().trim_start_matches('"');
    Some(value.to_owned()).filter(|value| !value.is_empty())
}
