//! What the envelope and the session say about who sends.

use model::features::SenderFacts;
use model::{Submission, Timestamp, Via};

/// More of the recipients than this are only counted.
const FIRST_RECIPIENTS: usize = 50;

/// The sender, as far as scoring may look.
pub(crate) fn facts(submission: &Submission, at: Timestamp) -> SenderFacts {
    let Submission { session, envelope, .. } = submission;
    // A file on the command line has no envelope; an empty path there is ignorance, not the null sender.
    let unknown = session.via == Via::Command && envelope.sender.as_str().is_empty();
    SenderFacts {
        via: Some(session.via),
        login: session.login.as_ref().map(|login| login.account.clone()),
        from_allowed: None,
        client: session.client,
        helo: session.helo.clone(),
        mail_from: (!unknown).then(|| envelope.sender.clone()),
        recipients: envelope.recipient_count,
        first_recipients: envelope.recipients.iter().take(FIRST_RECIPIENTS).cloned().collect(),
        at,
    }
}
