//! A subject that advertises itself: several exclamation marks, strings of currency signs, stars, promises of a sum.

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let subject = message.subject();
    let count = |mark: char| subject.chars().filter(|c| *c == mark).count();
    let loud = subject.contains("!!") || count('!') >= 3 || subject.contains("$$") || subject.contains("***");
    (loud || is_framed(subject)).then(|| Seen::of(subject))
}

/// Emoji or ornaments at both ends.
fn is_framed(subject: &str) -> bool {
    let ornament = |c: char| matches!(c, '★' | '☆' | '✅' | '❗' | '‼' | '⚠' | '►' | '◄' | '\u{1f300}'..='\u{1faff}');
    let mut marks = subject.trim().chars();
    marks.next().is_some_and(ornament) && marks.next_back().is_some_and(ornament)
}
