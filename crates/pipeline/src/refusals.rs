//! Recipients that were refused when no message followed: whoever only tries addresses out never sends one.

use limits::{Ledger, Observation};
use model::{Envelope, Session};

use crate::identity;
use crate::judge::Reeve;

/// Counts them for the subjects of the session. A block that they trip is in force at once, and becomes durable and known
/// while nobody waits for it: no refusal speaks of it yet.
pub(crate) fn count(reeve: &Reeve, session: &Session, envelope: &Envelope) {
    if envelope.refused_count == 0 || identity::is_inbound(session, &reeve.policy.identity) {
        return;
    }
    let identity = identity::of_session(session, envelope.sender.domain(), &reeve.policy.identity);
    let refused_recipients = envelope.refused_count;
    let seen = Observation { refused_recipients, network: identity.network, ..Observation::default() };
    let now = reeve.clock.now();
    let count = |ledger: &Ledger| ledger.observe(&identity, &seen, now);
    let tripped = reeve.ledger.counting(|ledger| reeve.blocking.hand_over(count(ledger), &reeve.policy));
    if tripped.is_empty() {
        return;
    }
    let (blocking, policy) = (reeve.blocking.clone(), reeve.policy.clone());
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        runtime.spawn(async move { blocking.settle(tripped, &policy).await });
    }
}
