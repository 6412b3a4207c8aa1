//! Calls that are carried out once, however often they are sent: each carries a key of its own, and what was answered to it is
//! kept for a day.
//!
//! Security: an answer may hold what is shown once, such as a new token. It is kept sealed under the caller's own token, of
//! which only the hash is kept: a copy of the database shows no answer, and nobody else can have it repeated.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use limits::StoreError;
use model::{Clock, Timestamp};
use serde::{Deserialize, Serialize};

use crate::error::AccessError;
use crate::seal;

/// What names a call: who makes it, and the key that he gave it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CallName {
    /// As [`crate::Actor::name`] tells him.
    pub caller: String,
    /// His key, at most [`Self::MAX`] bytes.
    pub key: String,
}

impl CallName {
    /// The longest key.
    pub const MAX: usize = 255;
}

/// A call as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptCall {
    /// A hash of what was asked, under the caller's token.
    pub request: String,
    /// The sealed answer; `None` while there is none.
    pub answer: Option<Vec<u8>>,
}

/// What came of beginning a call in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Noted {
    /// It is new, and noted.
    New,
    /// One of that name was begun before.
    Before(KeptCall),
    /// The caller has so many kept already.
    Full,
}

/// Calls and their answers. Each call blocks; what returns `Ok` is durable.
pub trait AnswerStore: Send + Sync {
    /// Notes that a call begins, unless one of its name is kept. A caller has at most `most` kept.
    fn begin_call(&self, name: &CallName, request: &str, at: Timestamp, most: usize) -> Result<Noted, StoreError>;
    /// Keeps the answer to a call that was begun.
    fn answer_call(&self, name: &CallName, answer: &[u8]) -> Result<(), StoreError>;
    /// Forgets a call: it may be made anew.
    fn withdraw_call(&self, name: &CallName) -> Result<(), StoreError>;
    /// Forgets calls that were begun before.
    fn prune_calls(&self, before: Timestamp) -> Result<(), StoreError>;
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The media type.
    pub media: String,
    /// What told it from another state of the same (`ETag`), where the answer had one.
    #[serde(default)]
    pub tag: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// Whether a call is to be carried out.
#[derive(Debug, PartialEq, Eq)]
pub enum Start {
    /// Carry it out, then [`Answers::finish`] it.
    New,
    /// It was: this was the answer.
    Answered(KeptAnswer),
    /// The key was used for another call.
    Other,
    /// It is being carried out.
    Running,
    /// It was begun, and the daemon stopped: nobody knows whether it was carried out.
    CutOff,
    /// The caller has used too many keys within the day.
    Full,
}

/// All calls with a key.
pub struct Answers {
    store: Arc<dyn AnswerStore>,
    clock: Arc<dyn Clock>,
    running: Mutex<HashSet<CallName>>,
}

impl Answers {
    /// How long answers are kept.
    pub const KEPT: Duration = Duration::from_secs(86_400);
    /// Keys that one caller may use within that time.
    pub const MOST: usize = 10_000;

    /// Over the store.
    pub fn new(store: Arc<dyn AnswerStore>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, running: Mutex::default() }
    }

    /// Begins a call of the owner of that token; `request` is all that was asked. Blocks the thread on the store.
    ///
    /// # Errors
    /// When the store fails: the call must not be carried out then.
    pub fn begin(&self, name: &CallName, token: &str, request: &[&[u8]]) -> Result<Start, AccessError> {
        let now = self.clock.now();
        let request = seal::digest(token, request);
        // Held while the store answers: two calls of one name must not both find out that it is not running.
        let mut running = self.running();
        if running.contains(name) {
            return Ok(Start::Running);
        }
        self.store.prune_calls(now.before(Self::KEPT))?;
        let start = match self.store.begin_call(name, &request, now, Self::MOST)? {
            Noted::New => Start::New,
            Noted::Full => Start::Full,
            Noted::Before(kept) if kept.request != request => Start::Other,
            Noted::Before(kept) => {
                kept.answer.and_then(|sealed| opened(token, name, &sealed)).map_or(Start::CutOff, Start::Answered)
            }
        };
        if start == Start::New {
            running.insert(name.clone());
        }
        Ok(start)
    }

    /// The call was carried out: keeps its answer, or without one forgets the call, so that it may be made anew. Blocks the
    /// thread on the store.
    ///
    /// # Errors
    /// When the store fails, or there is no randomness: whoever repeats the call is told that nobody knows.
    pub fn finish(&self, name: &CallName, token: &str, answer: Option<&KeptAnswer>) -> Result<(), AccessError> {
        let kept = answer.map_or_else(|| Ok(self.store.withdraw_call(name)?), |answer| self.keep(name, token, answer));
        self.running().remove(name);
        kept
    }

    fn keep(&self, name: &CallName, token: &str, answer: &KeptAnswer) -> Result<(), AccessError> {
        let plain = serde_json::to_vec(answer).map_err(AccessError::garbled)?;
        Ok(self.store.answer_call(name, &seal::seal(token, &name.key, plain)?)?)
    }

    /// No call leaves it half changed, so a panic elsewhere under the lock does no harm.
    fn running(&self) -> MutexGuard<'_, HashSet<CallName>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn opened(token: &str, name: &CallName, sealed: &[u8]) -> Option<KeptAnswer> {
    serde_json::from_slice(&seal::open(token, &name.key, sealed)?).ok()
}
