//! Too many letters to one reader at once: they become one. Pure.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use customers::Address;
use limits::Matter;
use model::Timestamp;

/// A letter: what it is about, and its number.
pub(crate) type Key = (Matter, u32);

/// Who reads.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Reader {
    /// The operators.
    Operators,
    /// A customer, by his contacts.
    Customer(Vec<Address>),
}

/// So many letters within so long are read singly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Patience {
    pub(crate) most: usize,
    pub(crate) within: Duration,
}

/// The letters that went singly lately, and who had too many. After a restart it is filled with what the store knows of them.
#[derive(Debug, Default)]
pub(crate) struct Crowd {
    recent: HashMap<Reader, HashMap<Key, Timestamp>>,
    crowded: HashSet<Reader>,
}

impl Crowd {
    /// Whether these letters, with the times since when they wait, may go to the reader singly; if not, none of them does. A
    /// letter that is tried again is not counted again. What comes late after too many, such as the rest of an outage, does
    /// not go singly either.
    pub(crate) fn admits(
        &mut self,
        reader: &Reader,
        letters: &[(Key, Timestamp)],
        patience: Patience,
        now: Timestamp,
    ) -> bool {
        let recent = self.recent.entry(reader.clone()).or_default();
        recent.retain(|_, at| now.since(*at) < patience.within);
        let more = letters.iter().filter(|(letter, _)| !recent.contains_key(letter)).count();
        let late = letters.iter().any(|(_, since)| now.since(*since) >= patience.within);
        let fits = recent.len() + more <= patience.most && !(late && self.crowded.contains(reader));
        if fits {
            recent.extend(letters.iter().map(|(letter, _)| (letter.clone(), now)));
            self.crowded.remove(reader);
        } else {
            self.crowded.insert(reader.clone());
        }
        fits
    }

    /// This letter went to the reader singly, before this process began.
    pub(crate) fn remember(&mut self, reader: Reader, letter: Key, at: Timestamp) {
        self.recent.entry(reader).or_default().insert(letter, at);
    }

    /// The reader had too many, and is still owed a letter about them.
    pub(crate) fn remember_crowded(&mut self, reader: Reader) {
        self.crowded.insert(reader);
    }

    /// Forgets readers that nobody has written to lately.
    pub(crate) fn tidy(&mut self, within: Duration, now: Timestamp) {
        self.recent.retain(|_, recent| recent.values().any(|at| now.since(*at) < within));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WITHIN: Duration = Duration::from_secs(600);

    /// Letters that have waited since long after any time here.
    fn keys(numbers: std::ops::Range<u32>) -> Vec<(Key, Timestamp)> {
        let key = |number| (Matter::Block(testkit::samples::reference(&format!("b{number}"))), 0);
        numbers.map(|number| (key(number), Timestamp(i64::MAX))).collect()
    }

    #[test]
    fn a_few_go_singly_and_what_comes_then_is_collected() {
        let (mut crowd, patience) = (Crowd::default(), Patience { most: 3, within: WITHIN });
        let mut admits =
            |letters: &[(Key, Timestamp)], at| crowd.admits(&Reader::Operators, letters, patience, Timestamp(at));
        assert!(admits(&keys(0..2), 0));
        assert!(admits(&keys(1..3), 1), "one of them is tried again");
        assert!(!admits(&keys(3..4), 2));
        assert!(!admits(&keys(3..5), 599_999));
        assert!(admits(&keys(3..5), 600_001), "the first ones are long ago");
        assert!(!admits(&keys(10..14), 9_000_000), "too many at once: none singly");
        let late: Vec<_> = keys(14..15).into_iter().map(|(key, _)| (key, Timestamp(0))).collect();
        assert!(!admits(&late, 90_000_000), "the rest of them");
        assert!(admits(&keys(15..16), 90_000_000) && admits(&late, 90_000_000), "all is as ever");
    }

    #[test]
    fn readers_are_counted_apart_and_forgotten() {
        let (mut crowd, patience) = (Crowd::default(), Patience { most: 1, within: WITHIN });
        let customer = Reader::Customer(vec![Address::parse("owner@shop.example").unwrap()]);
        assert!(crowd.admits(&Reader::Operators, &keys(0..1), patience, Timestamp(0)));
        assert!(crowd.admits(&customer, &keys(0..1), patience, Timestamp(0)));
        crowd.tidy(WITHIN, Timestamp(0).after(WITHIN));
        assert!(crowd.recent.is_empty());
    }
}
