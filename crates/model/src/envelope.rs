//! The SMTP envelope of one message (RFC 5321 2.3.1), and the message with it.

use std::sync::Arc;

use crate::address::DomainName;
use crate::message::Message;
use crate::names::{QueueId, bounded};
use crate::session::Session;

/// An address of the envelope as the client wrote it, without angle brackets, at most 320 bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Path(String);

impl Path {
    /// The path without its angle brackets; source routes and case are kept.
    pub fn new(text: &str) -> Self {
        let text = text.trim();
        let inner = text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(text);
        Self(bounded(inner, 320).to_owned())
    }

    /// The path as text; empty for the null sender.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The domain behind the last `@`.
    pub fn domain(&self) -> Option<DomainName> {
        self.0.rsplit_once('@').and_then(|(_, domain)| DomainName::new(domain))
    }
}

/// MAIL FROM; the empty path is the null sender `<>` of bounces.
pub type ReversePath = Path;
/// RCPT TO.
pub type ForwardPath = Path;

/// The envelope.
#[derive(Debug, Clone, Default)]
pub struct Envelope {
    /// MAIL FROM.
    pub sender: ReversePath,
    /// RCPT TO that the MTA has not refused, in order; at most [`Envelope::MAX_RECIPIENTS`] are kept.
    pub recipients: Vec<ForwardPath>,
    /// How many recipients there were, those not kept included.
    pub recipient_count: u32,
    /// Recipients the MTA or the next hop refused.
    pub refused_count: u32,
    /// The MTA's queue id, when it has told.
    pub queue_id: Option<QueueId>,
}

impl Envelope {
    /// More recipients than this are counted but not kept.
    pub const MAX_RECIPIENTS: usize = 1000;

    /// Adds an accepted recipient.
    pub fn add_recipient(&mut self, recipient: ForwardPath) {
        self.recipient_count = self.recipient_count.saturating_add(1);
        if self.recipients.len() < Self::MAX_RECIPIENTS {
            self.recipients.push(recipient);
        }
    }
}

/// One message handed in: what is judged.
#[derive(Debug, Clone)]
pub struct Submission {
    /// The connection it came by.
    pub session: Arc<Session>,
    /// Its envelope.
    pub envelope: Envelope,
    /// Its content.
    pub message: Message,
}
