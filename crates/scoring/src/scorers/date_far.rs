//! A Date far from the moment the message is handed in. Drafts wait some weeks and clocks are a day off; this is more.
//! A file given to `portreeve scan` may be of any age.

use std::time::Duration;

use model::Via;
use model::features::DateFact;

use crate::{Reading, Seen};

const DAY: Duration = Duration::from_secs(86_400);

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let sender = &message.features.sender;
    let DateFact::At(date, _) = message.features.headers.date else { return None };
    if matches!(sender.via, None | Some(Via::Command)) {
        return None;
    }
    let (late, early) = (sender.at.since(date), date.since(sender.at));
    if early > DAY * 2 {
        return Some(Seen::of(format!("{} days ahead", early.as_secs() / DAY.as_secs())));
    }
    (late > DAY * 60).then(|| Seen::of(format!("{} days ago", late.as_secs() / DAY.as_secs())))
}
