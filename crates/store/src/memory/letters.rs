//! What came back of letters, in memory.

use std::cmp::Reverse;

use limits::{AlertJob, Bounce, Happening, LetterPlace, LetterStore, MAX_BOUNCES};
use model::BlockRef;

use super::{MemoryStore, Result};

impl LetterStore for MemoryStore {
    fn note_bounce(&self, bounce: &Bounce) -> Result<bool> {
        let mut state = self.state();
        let case = state.cases.get_mut(&bounce.block).filter(|case| case.letters.contains_key(&bounce.letter));
        let Some(case) = case else { return Ok(false) };
        let of_letter = |known: &&Bounce| known.letter == bounce.letter;
        let is_known = case.bounces.iter().filter(of_letter).any(|known| known.recipient == bounce.recipient);
        let has_room = case.bounces.iter().filter(of_letter).count() < MAX_BOUNCES;
        if has_room && !is_known {
            case.bounces.push(bounce.clone());
            let happened = Happening::bounced(bounce, &case.block);
            state.deliveries.note([happened]);
        }
        Ok(has_room || is_known)
    }

    fn bounces(&self, block: Option<&BlockRef>, limit: usize) -> Result<Vec<Bounce>> {
        let state = self.state();
        let cases = state.cases.values().filter(|case| block.is_none_or(|block| case.block.reference == *block));
        let mut bounces: Vec<_> = cases.flat_map(|case| case.bounces.iter().cloned()).collect();
        let place =
            |bounce: &Bounce| (Reverse(bounce.at), bounce.block.clone(), bounce.letter, bounce.recipient.clone());
        bounces.sort_by_cached_key(place);
        bounces.truncate(limit);
        Ok(bounces)
    }

    fn letters(&self, limit: usize) -> Result<Vec<AlertJob>> {
        let state = self.state();
        let mut letters: Vec<_> = state.cases.values().flat_map(|case| case.letters.values().cloned()).collect();
        letters.sort_by_cached_key(|letter| (Reverse(letter.created), letter.block.clone(), Reverse(letter.number)));
        letters.truncate(limit);
        Ok(letters)
    }

    fn letters_after(&self, place: &LetterPlace, limit: usize) -> Result<Vec<AlertJob>> {
        let mut letters = self.letters(usize::MAX)?;
        letters.retain(|letter| place.is_before(letter));
        letters.truncate(limit);
        Ok(letters)
    }
}
