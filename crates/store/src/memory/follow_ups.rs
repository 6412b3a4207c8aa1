//! Letters beyond the first of a block, in maps.

use limits::{AlertJob, FollowUpStore, LetterKind};
use model::{Block, BlockRef, Timestamp};

use super::{Case, MemoryStore, Result, State};

/// Letters with their blocks.
type Both = Vec<(AlertJob, Block)>;

impl State {
    fn put_letters(&mut self, letters: &[AlertJob]) -> Result<()> {
        for letter in letters {
            self.case(&letter.block)?.letters.insert(letter.number, letter.clone());
        }
        Ok(())
    }

    fn letters(&self, chosen: impl Fn(&AlertJob) -> bool) -> Both {
        let with_block = |case: &Case| {
            let letters = case.letters.values().filter(|letter| chosen(letter));
            letters.map(|letter| (letter.clone(), case.block.clone())).collect::<Both>()
        };
        self.cases.values().flat_map(with_block).collect()
    }
}

impl FollowUpStore for MemoryStore {
    fn queue_letter(&self, block: &BlockRef, kind: LetterKind, at: Timestamp) -> Result<bool> {
        let mut state = self.state();
        let case = state.cases.get_mut(block).filter(|case| case.block.is_active());
        let case = case.filter(|case| case.letters.values().all(|letter| letter.kind != kind));
        Ok(case.is_some_and(|case| case.queue(Some(kind), at)))
    }

    fn letters_of(&self, block: &BlockRef) -> Result<Vec<AlertJob>> {
        let state = self.state();
        Ok(state.cases.get(block).map(|case| case.letters.values().cloned().collect()).unwrap_or_default())
    }

    fn update_letters(&self, letters: &[AlertJob]) -> Result<()> {
        self.state().put_letters(letters)
    }

    fn owed_letters(&self) -> Result<Both> {
        let mut owed = self.state().letters(|letter| letter.owed.anybody());
        owed.sort_by(|(a, _), (b, _)| (a.created, &a.block, a.number).cmp(&(b.created, &b.block, b.number)));
        Ok(owed)
    }

    fn given_up_letters(&self, since: Timestamp, limit: usize) -> Result<Both> {
        let mut lost = self.state().letters(|letter| letter.given_up.is_some_and(|at| at >= since));
        lost.sort_by(|(a, _), (b, _)| (b.given_up, &a.block, a.number).cmp(&(a.given_up, &b.block, b.number)));
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
