//! The envelope of a transaction until its message is judged. However the transaction ends without one, by RSET, QUIT or a
//! cut line, what the next hop refused in it is told to the judge.

use std::fmt;
use std::sync::Arc;

use model::envelope::Path;
use model::{Envelope, Session};
use pipeline::Judge;
use wire::smtp::Reply;

/// The envelope so far.
pub(super) struct Unjudged {
    envelope: Envelope,
    session: Arc<Session>,
    judge: Arc<dyn Judge>,
}

impl Unjudged {
    pub(super) fn new(envelope: Envelope, session: Arc<Session>, judge: Arc<dyn Judge>) -> Self {
        Self { envelope, session, judge }
    }

    /// Recipients that the next hop has accepted.
    pub(super) fn recipient_count(&self) -> u32 {
        self.envelope.recipient_count
    }

    pub(super) fn accept(&mut self, recipient: Path) {
        self.envelope.add_recipient(recipient);
    }

    /// Only a 5xx says something of the sender's list: "later" (4xx) is what greylisting answers everybody.
    pub(super) fn refuse(&mut self, reply: &Reply) {
        let is_final = u32::from(reply.code() >= 500);
        self.envelope.refused_count = self.envelope.refused_count.saturating_add(is_final);
    }

    /// The envelope for the judge of the message; from here on it is the message that counts.
    pub(super) fn take(&mut self) -> Envelope {
        std::mem::take(&mut self.envelope)
    }
}

impl Drop for Unjudged {
    fn drop(&mut self) {
        if self.envelope.refused_count > 0 {
            self.judge.gave_up(&self.session, &self.envelope);
        }
    }
}

/// A judge can't be shown.
impl fmt::Debug for Unjudged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.envelope.fmt(f)
    }
}
