//! Program, From, name, language, network: what a thief changes at once, and a person one at a time.

use model::circumstances::Change;

use super::past;
use crate::{Reading, Seen};

/// So many changes earn all the points.
const FULL: usize = 3;
/// So many networks within one hour are two changes more: one login in many hands.
const NETWORKS: u32 = 4;

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let habits = &message.features.circumstances.habits;
    let unusual = past::is_unusual(habits);
    let counted = habits.changes.iter().filter(|change| unusual || **change != Change::Network);
    let mut words: Vec<String> = counted.map(|change| change.as_str().to_owned()).collect();
    let mut changes = words.len();
    if unusual && habits.networks >= NETWORKS {
        words.push(format!("{} networks within one hour", habits.networks));
        changes += 2;
    }
    (changes > 0).then(|| Seen::of(words.join(", ")).partly(changes, FULL))
}
