//! Characters that turn the direction of text, in a message without any right-to-left letter that would need them.

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let text = &message.features.text;
    if text.bidi_overrides == 0 {
        return None;
    }
    let right_to_left = |c: char| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}');
    let needed = text.shown().chars().chain(message.subject().chars()).any(right_to_left);
    (!needed).then(|| Seen::of(text.bidi_overrides.to_string()))
}
