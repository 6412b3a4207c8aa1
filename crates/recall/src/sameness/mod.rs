//! Fingerprints of recent messages, shared by all senders, and those a person has confirmed.

pub(crate) mod confirmed;
pub(crate) mod entry;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::Timestamp;
use model::circumstances::{Copies, SamenessFacts};

use crate::print::{Print, Prints};
use crate::settings::RecallSettings;
use crate::table::Table;
use confirmed::Confirmed;
use entry::{Copy, Entry, Terms};

/// Both tables under one lock each. The hashing is done before; what is done under a lock takes about a microsecond.
pub(crate) struct Sameness {
    pub(crate) recent: Mutex<Table<Entry>>,
    pub(crate) confirmed: Mutex<Confirmed>,
    window: Duration,
    terms: Terms,
}

impl Sameness {
    pub(crate) fn new(settings: &RecallSettings) -> Self {
        Self {
            recent: Mutex::new(Table::new(settings.fingerprints as usize)),
            confirmed: Mutex::default(),
            window: settings.window,
            terms: Terms { bad_for: settings.bad_for, spread_senders: settings.spread_senders },
        }
    }

    /// What is known of a message's like.
    pub(crate) fn facts(&self, prints: &Prints, sender: u32, recipients: &[u32], at: Timestamp) -> SamenessFacts {
        let [text, files, links] = {
            let recent = locked(&self.recent);
            prints.kinds().map(|print| self.copies(&recent, &print?, sender, recipients, at))
        };
        SamenessFacts { text, files, links, confirmed: locked(&self.confirmed).word_on(prints) }
    }

    fn copies(
        &self,
        recent: &Table<Entry>,
        print: &Print,
        sender: u32,
        recipients: &[u32],
        at: Timestamp,
    ) -> Option<Copies> {
        let entry = &recent.row(recent.nearest(print)?)?.value;
        let counts = entry.is_within(self.window, at) || entry.is_bad(at, self.terms.bad_for);
        counts.then(|| entry.copies(sender, recipients, at, self.terms))
    }

    /// Notes a copy.
    pub(crate) fn note(&self, prints: &Prints, copy: &Copy<'_>) {
        let mut recent = locked(&self.recent);
        for print in prints.kinds().into_iter().flatten() {
            self.note_one(&mut recent, print, copy);
        }
    }

    fn note_one(&self, recent: &mut Table<Entry>, print: Print, copy: &Copy<'_>) {
        let known = recent.nearest(&print).and_then(|place| recent.value_mut(place));
        match known {
            Some(entry) if entry.is_within(self.window, copy.at) || entry.is_bad(copy.at, self.terms.bad_for) => {
                entry.add(copy);
            }
            Some(entry) => *entry = Entry::new(copy),
            None => {
                recent.insert(print, Entry::new(copy), |entry| entry.stays(copy.at, self.window, self.terms.bad_for))
            }
        }
    }

    /// What a sender has sent as spam before he was blocked is bad for a time. Looks at every row: for blocks only.
    pub(crate) fn condemn(&self, sender: u32, at: Timestamp) {
        locked(&self.recent).change_all(|entry| entry.block(sender, at));
    }
}

/// No call leaves a table half changed, so a panic elsewhere under the lock does no harm.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
