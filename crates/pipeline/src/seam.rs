//! What a front end may ask. Every front end speaks to a [`Judge`] and to nothing else behind it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use arc_swap::ArcSwap;
use model::envelope::Path;
use model::{AccountName, Envelope, Features, Refusal, Score, Session, Submission, Timestamp, Verdict};
use scoring::classifier::Correction;

/// How far a session has come.
#[derive(Debug, Clone, Copy)]
pub enum Stage<'a> {
    /// The connection stands; only the client's address is known.
    Connect,
    /// MAIL FROM was given; the login is known.
    Mail(&'a Path),
    /// RCPT TO was given; with it there are that many recipients.
    Recipient(&'a Path, u32),
}

/// Whether a session may go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admission {
    /// Go on.
    Proceed,
    /// Answer this (4xx or 5xx) instead.
    Refuse(Refusal),
}

/// A verdict in the making. Dropping it gives up: nothing is counted for a message whose client went away before the end
/// of data; from then on it is counted, whoever still listens.
pub type Judging<'a> = Pin<Box<dyn Future<Output = Verdict> + Send + 'a>>;

/// What an intercepted connection did that is no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passage {
    /// Whether it has just begun.
    pub is_new: bool,
    /// Bytes that the client sends and nobody can read.
    pub bytes: u64,
}

/// An admission in the making.
pub type Admitting<'a> = Pin<Box<dyn Future<Output = Admission> + Send + 'a>>;

/// A message looked at again, which nobody sends.
#[derive(Debug, Clone)]
pub struct Appraisal {
    /// What is seen in its bytes.
    pub features: Features,
    /// What that costs; nothing of memory, network, scanners or exemptions.
    pub score: Score,
    /// What the layer of corrections learns when a person calls it ham.
    pub correction: Correction,
    /// The spam score.
    pub spam: i32,
}

/// Judges sessions and messages under one configuration.
pub trait Judge: Send + Sync {
    /// Whether a session may go on: memory only, no waiting.
    fn admit(&self, session: &Session, stage: Stage<'_>) -> Admission;
    /// The verdict on a whole message. It always comes; failures inside become what the policy says.
    fn judge(&self, submission: Submission) -> Judging<'_>;
    /// Counts what an intercepted connection did, and says whether it may go on: not when its client is blocked, be it for
    /// this. A judge that counts nothing lets it pass.
    fn pass<'a>(&'a self, session: &'a Session, passage: Passage) -> Admitting<'a> {
        let _ = (session, passage);
        Box::pin(std::future::ready(Admission::Proceed))
    }
    /// Whether a client may try to log in: asked before the next hop is, with the account as soon as its name is known. Memory
    /// only, no waiting. A judge that counts no logins lets everybody try.
    fn may_log_in(&self, _session: &Session, _account: Option<&AccountName>) -> Admission {
        Admission::Proceed
    }
    /// The next hop has decided about a login. Memory only, no waiting.
    fn login_ended(&self, _session: &Session, _account: Option<&AccountName>, _succeeded: bool) {}
    /// A transaction has ended without a message: what was refused in it counts all the same. Memory only, no waiting.
    fn gave_up(&self, _session: &Session, _envelope: &Envelope) {}
    /// Looks at a message that was sent then, without any effect: nothing is counted, remembered, learned or told. `None` when
    /// it can't be scored. Takes as long as scoring does.
    fn appraise(&self, _submission: &Submission, _at: Timestamp) -> Option<Appraisal> {
        None
    }
    /// Whether a signal of that name can stand in a score.
    fn has_signal(&self, _name: &str) -> bool {
        false
    }
    /// How much of a message is looked at, in bytes: a front end need not keep more.
    fn analysed_bytes(&self) -> usize;
}

/// The judge of the configuration in force. A session asks once, at its start, and keeps what it got.
pub struct Judges(ArcSwap<Arc<dyn Judge>>);

impl Judges {
    /// Starts with one judge.
    pub fn new(judge: Arc<dyn Judge>) -> Self {
        Self(ArcSwap::from_pointee(judge))
    }

    /// The judge in force.
    pub fn current(&self) -> Arc<dyn Judge> {
        Arc::clone(&self.0.load())
    }

    /// Puts another in force for sessions that start from now on.
    pub fn replace(&self, judge: Arc<dyn Judge>) {
        self.0.store(Arc::new(judge));
    }
}

/// Runs a future that yields a verdict; spares judges the boxing ceremony.
pub fn judging<'a>(verdict: impl Future<Output = Verdict> + Send + 'a) -> Judging<'a> {
    Box::pin(verdict)
}
