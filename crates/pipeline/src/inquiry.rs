//! Asking others about a message before it is scored: DNS, scanners.
//!
//! All are asked at once. Each answers within a budget of its own, with nothing when it has none: a verdict never waits for
//! more than the longest of them, and is sensible without any.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use model::circumstances::{DnsFacts, Opinion};
use model::envelope::Path;
use model::{Features, Identity, Session, Submission};

/// What one inquirer found out.
#[derive(Debug, Clone, PartialEq)]
pub enum Finding {
    /// What DNS says.
    Dns(DnsFacts),
    /// What another scanner says.
    Opinion(Opinion),
    /// Nothing, or nothing in time.
    Nothing,
}

/// An answer on its way. Dropping it gives up.
pub type Inquiring<'a> = Pin<Box<dyn Future<Output = Finding> + Send + 'a>>;

/// Asks somebody about a message. It ends within a budget of its own, fails silently for the message, and tells its failures
/// as events.
pub trait Inquirer: Send + Sync {
    /// Asks.
    fn inquire<'a>(
        &'a self,
        submission: &'a Submission,
        features: &'a Features,
        identity: &'a Identity,
    ) -> Inquiring<'a>;

    /// A message is about to come: what can be asked now is known when it is here. Must not wait.
    fn announce(&self, _session: &Session, _sender: &Path) {}

    /// How much of a message it wants to see, in bytes; for 0, what is analysed anyway is enough.
    fn wanted_bytes(&self) -> usize {
        0
    }
}

/// Asks all at once and enters what they found.
pub(crate) async fn fill(
    inquirers: &[Arc<dyn Inquirer>],
    submission: &Submission,
    features: &mut Features,
    identity: &Identity,
) {
    let findings = ask(inquirers, submission, features, identity).await;
    for finding in findings {
        match finding {
            Finding::Dns(facts) => features.circumstances.dns = facts,
            Finding::Opinion(opinion) => features.circumstances.opinions.push(opinion),
            Finding::Nothing => {}
        }
    }
}

async fn ask(
    inquirers: &[Arc<dyn Inquirer>],
    submission: &Submission,
    features: &Features,
    identity: &Identity,
) -> Vec<Finding> {
    let ask = inquirers.iter().map(|inquirer| Some(inquirer.inquire(submission, features, identity)));
    let mut asked: Vec<_> = ask.collect();
    let mut findings = Vec::with_capacity(asked.len());
    poll_fn(|context| {
        for slot in &mut asked {
            if let Some(Poll::Ready(finding)) = slot.as_mut().map(|asked| asked.as_mut().poll(context)) {
                findings.push(finding);
                *slot = None;
            }
        }
        if asked.iter().all(Option::is_none) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    findings
}
