//! What DNS has said lately, for as long as it said it holds.
//!
//! Bounded by two generations: new answers fill the young one; when it is full, it becomes the old one and what was old
//! is forgotten. An answer that is used again is young again. So there is no list to keep in order, and the worst case of a
//! thief who asks for new names all the time is that nothing else is remembered.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use model::Timestamp;

use crate::resolver::{Answer, Question, Reply};

/// An answer is not kept longer than this, whatever its time to live: a delisted sender has not to wait for long.
const LONGEST: Duration = Duration::from_secs(3600);
/// A negative answer without SOA (RFC 2308 5) has no time to live.
const NEGATIVE: Duration = Duration::from_secs(60);
/// A failure is remembered for so long that a burst asks once (RFC 9520 3.2).
const FAILURE: Duration = Duration::from_secs(5);

/// Answers by question.
pub(crate) struct Cache {
    /// How many answers one generation holds.
    half: usize,
    generations: Mutex<Generations>,
}

#[derive(Default)]
struct Generations {
    young: HashMap<Question, Entry>,
    old: HashMap<Question, Entry>,
}

#[derive(Clone)]
struct Entry {
    answer: Answer,
    until: Timestamp,
}

impl Cache {
    /// Holds at most `size` answers; 0 remembers nothing.
    pub(crate) fn new(size: u32) -> Self {
        Self { half: usize::try_from(size / 2).unwrap_or(0), generations: Mutex::default() }
    }

    /// The answer, if it still holds.
    pub(crate) fn recall(&self, question: &Question, now: Timestamp) -> Option<Answer> {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = generations.young.get(question) {
            return (now < entry.until).then(|| entry.answer.clone());
        }
        let entry = generations.old.remove(question).filter(|entry| now < entry.until)?;
        let answer = entry.answer.clone();
        generations.keep(question.clone(), entry, self.half);
        Some(answer)
    }

    /// Remembers an answer.
    pub(crate) fn keep(&self, question: Question, reply: &Reply, now: Timestamp) {
        let entry = Entry { answer: reply.answer.clone(), until: now.after(lifetime(reply)) };
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        generations.keep(question, entry, self.half);
    }

    /// How many answers are held, those that no longer hold included.
    pub(crate) fn len(&self) -> usize {
        let generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        generations.young.len() + generations.old.len()
    }
}

impl Generations {
    fn keep(&mut self, question: Question, entry: Entry, half: usize) {
        if half == 0 {
            return;
        }
        if self.young.len() >= half && !self.young.contains_key(&question) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(question, entry);
    }
}

fn lifetime(reply: &Reply) -> Duration {
    match reply.answer {
        Answer::Unknown(_) => FAILURE,
        Answer::Records(_) => reply.ttl.unwrap_or_default().min(LONGEST),
        Answer::NoRecords | Answer::NoSuchName => reply.ttl.unwrap_or(NEGATIVE).min(LONGEST),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::name::Name;
    use crate::resolver::{Kind, Record, Trouble};

    fn question(number: usize) -> Question {
        Question { name: Name::absolute(&format!("n{number}.example")).unwrap(), kind: Kind::A }
    }

    fn reply(answer: Answer, seconds: Option<u64>) -> Reply {
        Reply { answer, ttl: seconds.map(Duration::from_secs) }
    }

    #[test]
    fn answers_hold_as_long_as_dns_says_within_bounds() {
        let records = || Answer::Records(vec![Record::Address([127, 0, 0, 2].into())]);
        for (answer, ttl, seconds) in [
            (records(), Some(30), 30),
            (records(), Some(0), 0),
            (records(), Some(7 * 86_400), 3600),
            (Answer::NoSuchName, Some(900), 900),
            (Answer::NoSuchName, None, 60),
            (Answer::NoRecords, None, 60),
            (Answer::Unknown(Trouble::Failed), None, 5),
        ] {
            let (cache, now) = (Cache::new(10), Timestamp::from_secs(1000));
            cache.keep(question(1), &reply(answer.clone(), ttl), now);
            let at = |offset: i64| cache.recall(&question(1), Timestamp::from_secs(1000 + seconds + offset));
            assert!(seconds == 0 || at(-1).is_some(), "{answer:?} {ttl:?}");
            assert_eq!(at(0), None, "{answer:?} {ttl:?}");
        }
    }

    #[test]
    fn it_stays_bounded_and_keeps_what_is_used() {
        let (cache, now) = (Cache::new(100), Timestamp::default());
        for number in 0..10_000 {
            cache.keep(question(number), &reply(Answer::NoSuchName, None), now);
            assert_eq!(cache.recall(&question(0), now), Some(Answer::NoSuchName));
            assert!(cache.len() <= 100);
        }
        assert_eq!(cache.recall(&question(1), now), None);
        let none = Cache::new(0);
        none.keep(question(1), &reply(Answer::NoSuchName, None), now);
        assert_eq!(none.len(), 0);
    }
}
