//! Letters beyond the first of a block, in maps.

use std::cmp::Reverse;

use limits::{AlertJob, FollowUpStore, LetterKind, Matter, StoreError};
use model::{Block, BlockRef, Timestamp};

use super::{MemoryStore, Result, State};

/// Letters with their blocks.
type Both = Vec<(AlertJob, Block)>;

impl State {
    fn put_letters(&mut self, letters: &[AlertJob]) -> Result<()> {
        for letter in letters {
            let known = self.letters_about(&letter.about);
            known.ok_or_else(|| StoreError::Other(format!("there is no {}", letter.about.said())))?.put(letter);
        }
        Ok(())
    }

    fn with_block(&self, letter: AlertJob) -> Option<(AlertJob, Block)> {
        let block = self.cases.get(letter.about.block()?)?.block.clone();
        Some((letter, block))
    }
}

impl FollowUpStore for MemoryStore {
    fn queue_letter(&self, block: &BlockRef, kind: LetterKind, at: Timestamp) -> Result<bool> {
        let mut state = self.state();
        let case = state.cases.get_mut(block).filter(|case| case.block.is_active());
        let case = case.filter(|case| case.letters.written.values().all(|letter| letter.kind != kind));
        Ok(case.is_some_and(|case| case.letters.queue(Some(kind), at)))
    }

    fn queue_answer(&self, block: &BlockRef, kind: LetterKind, at: Timestamp) -> Result<bool> {
        let mut state = self.state();
        Ok(state.cases.get_mut(block).is_some_and(|case| case.letters.queue(Some(kind), at)))
    }

    fn letters_of(&self, about: &Matter) -> Result<Vec<AlertJob>> {
        let mut state = self.state();
        let letters = state.letters_about(about).map(|letters| letters.written.values().cloned().collect());
        Ok(letters.unwrap_or_default())
    }

    fn update_letters(&self, letters: &[AlertJob]) -> Result<()> {
        self.state().put_letters(letters)
    }

    fn owed_letters(&self) -> Result<Both> {
        let state = self.state();
        let owed = state.letters(|letter| letter.owed.anybody());
        let mut owed: Both = owed.into_iter().filter_map(|letter| state.with_block(letter)).collect();
        owed.sort_by_cached_key(|(letter, _)| (letter.created, letter.about.to_string(), letter.number));
        Ok(owed)
    }

    fn given_up_letters(&self, since: Timestamp, limit: usize) -> Result<Vec<AlertJob>> {
        let mut lost = self.state().letters(|letter| letter.given_up.is_some_and(|at| at >= since));
        lost.sort_by_cached_key(|letter| (Reverse(letter.given_up), letter.about.to_string(), letter.number));
        lost.truncate(limit);
        Ok(lost)
    }

    fn digest_until(&self) -> Result<Option<Timestamp>> {
        Ok(self.state().digest)
    }

    fn digest_sent(&self, until: Timestamp, letters: &[AlertJob]) -> Result<()> {
        let mut state = self.state();
        state.digest = Some(until);
        state.put_letters(letters)
    }
}
