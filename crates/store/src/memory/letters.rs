//! Letters about blocks and tickets, and what came back of them, in memory.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use customers::ticket::MAX_LETTERS;
use limits::{AlertJob, Bounce, Happening, LetterKind, LetterPlace, LetterState, LetterStore, MAX_BOUNCES, Matter};
use model::Timestamp;

use super::{MemoryStore, Result, State};

/// The letters about one thing.
#[derive(Default)]
pub(super) struct Letters {
    pub(super) written: BTreeMap<u32, AlertJob>,
    bounces: Vec<Bounce>,
}

impl Letters {
    /// Those that begin with this one, if alerts are on.
    pub(super) fn beginning(first: Option<&AlertJob>) -> Self {
        let written = first.iter().map(|first| (first.number, (*first).clone())).collect();
        Self { written, bounces: Vec::new() }
    }

    /// Writes the letter; one that was renewed meanwhile stays.
    pub(super) fn put(&mut self, letter: &AlertJob) {
        if self.written.get(&letter.number).is_none_or(|known| known.created <= letter.created) {
            self.written.insert(letter.number, letter.clone());
        }
    }

    /// The first one is due once more; without one, alerts were off.
    pub(super) fn renew(&mut self, at: Timestamp) {
        if let Some(first) = self.written.remove(&0) {
            self.put(&first.renewed(at));
        }
    }

    /// Queues the letter behind those that there are.
    pub(super) fn queue(&mut self, letter: Option<LetterKind>, at: Timestamp) -> bool {
        let last = self.written.keys().last().copied().filter(|last| *last < MAX_LETTERS);
        let (Some(first), Some(last), Some(kind)) = (self.written.get(&0), last, letter) else { return false };
        self.put(&first.follow_up(last + 1, kind, at));
        true
    }

    /// Whether the bounce is known now, and whether it is new.
    fn note(&mut self, bounce: &Bounce) -> (bool, bool) {
        let mut of_letter = self.bounces.iter().filter(|known| known.letter == bounce.letter);
        let has_room = of_letter.clone().count() < MAX_BOUNCES;
        let is_known = of_letter.any(|known| known.recipient == bounce.recipient);
        let is_new = has_room && !is_known && self.written.contains_key(&bounce.letter);
        if is_new {
            self.bounces.push(bounce.clone());
        }
        (is_known || is_new, is_new)
    }
}

impl State {
    fn all_letters(&self) -> impl Iterator<Item = &Letters> {
        let alone = self.loose.values().map(|loose| &loose.letters);
        self.cases.values().map(|case| &case.letters).chain(alone)
    }

    pub(super) fn letters_about(&mut self, about: &Matter) -> Option<&mut Letters> {
        match about {
            Matter::Block(block) => self.cases.get_mut(block).map(|case| &mut case.letters),
            Matter::Ticket(ticket) => self.loose.get_mut(ticket).map(|loose| &mut loose.letters),
        }
    }

    /// The letters that are chosen, in no order.
    pub(super) fn letters(&self, chosen: impl Fn(&AlertJob) -> bool) -> Vec<AlertJob> {
        let all = self.all_letters().flat_map(|letters| letters.written.values());
        all.filter(|letter| chosen(letter)).cloned().collect()
    }

    fn bounced(&self, bounce: &Bounce) -> Option<Happening> {
        match &bounce.about {
            Matter::Block(block) => self.cases.get(block).map(|case| Happening::bounced(bounce, &case.block)),
            Matter::Ticket(ticket) => self.loose.get(ticket).map(|loose| loose.ticket.has_bounced(bounce)),
        }
    }
}

impl LetterStore for MemoryStore {
    fn note_bounce(&self, bounce: &Bounce) -> Result<bool> {
        let mut state = self.state();
        let (is_known, is_new) =
            state.letters_about(&bounce.about).map(|letters| letters.note(bounce)).unwrap_or_default();
        let happened = state.bounced(bounce).filter(|_| is_new);
        state.deliveries.note(happened);
        Ok(is_known)
    }

    fn bounces(&self, about: Option<&Matter>, limit: usize) -> Result<Vec<Bounce>> {
        let state = self.state();
        let all = state.all_letters().flat_map(|letters| &letters.bounces);
        let mut bounces: Vec<_> =
            all.filter(|bounce| about.is_none_or(|about| bounce.about == *about)).cloned().collect();
        let place =
            |bounce: &Bounce| (Reverse(bounce.at), bounce.about.to_string(), bounce.letter, bounce.recipient.clone());
        bounces.sort_by_cached_key(place);
        bounces.truncate(limit);
        Ok(bounces)
    }

    fn letters_after(&self, place: &LetterPlace, state: Option<LetterState>, limit: usize) -> Result<Vec<AlertJob>> {
        let mut letters = self.state().letters(|letter| place.is_before(letter));
        letters.sort_by_cached_key(|letter| LetterPlace::of(letter).order());
        let Some(state) = state else {
            letters.truncate(limit);
            return Ok(letters);
        };
        let posted = self.posted(letters)?.into_iter().filter(|posted| posted.state() == state);
        Ok(posted.map(|posted| posted.letter).take(limit).collect())
    }
}
