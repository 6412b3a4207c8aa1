//! One message on its way: envelope and content, from MAIL to the end of the message.

use std::sync::Arc;

use model::envelope::Path;
use model::{Envelope, QueueId, Session, Submission};
use pipeline::TAG_FIELDS;
use wire::milter::EnvelopeAddress;

use super::caller::text;
use super::content::{Bounds, Content};

/// How many fields there are of each name of a tag.
pub(super) type Forged = [u32; TAG_FIELDS.len()];

/// A message that has begun.
#[derive(Debug)]
pub(super) struct Transaction {
    pub(super) envelope: Envelope,
    pub(super) content: Content,
    /// Fields of a tag that the client has written itself, of each name.
    pub(super) forged: Forged,
    declared_size: Option<u64>,
}

impl Transaction {
    pub(super) fn begin(sender: Path, mail: &EnvelopeAddress<'_>, bounds: Bounds) -> Self {
        let declared = mail.parameter("SIZE").and_then(|size| std::str::from_utf8(size).ok()?.parse().ok());
        let envelope = Envelope { sender, ..Envelope::default() };
        Self { envelope, content: Content::new(bounds), forged: Forged::default(), declared_size: declared }
    }

    /// The whole message, as it is judged.
    pub(super) fn submit(mut self, session: Arc<Session>, queue_id: Option<&[u8]>) -> Submission {
        self.envelope.queue_id = queue_id.and_then(|id| QueueId::new(&text(id, QueueId::MAX)));
        Submission { session, envelope: self.envelope, message: self.content.finish(self.declared_size) }
    }
}

/// An address of the envelope.
pub(super) fn path(given: &EnvelopeAddress<'_>) -> Path {
    Path::new(&String::from_utf8_lossy(given.address))
}
