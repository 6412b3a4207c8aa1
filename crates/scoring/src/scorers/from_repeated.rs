//! Several From fields: reader and filter may each see another sender (RFC 5322 3.6 allows one).

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let count = message.features.headers.count("from");
    (count > 1).then(|| Seen::of(count.to_string()))
}
