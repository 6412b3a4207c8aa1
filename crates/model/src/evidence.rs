//! What is kept of a flagged message: metadata, never the body.

use serde::{Deserialize, Serialize};

use crate::address::{ClientAddr, DomainName};
use crate::names::{MessageId, QueueId};
use crate::signal::Hit;
use crate::time::Timestamp;

/// One flagged message of a block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// When it was judged.
    pub at: Timestamp,
    /// Its Message-ID, when it had one.
    pub message_id: Option<MessageId>,
    /// Its queue id at the MTA.
    pub queue_id: Option<QueueId>,
    /// Its score.
    pub score: i32,
    /// The signals, most points first; at most [`Evidence::MAX_HITS`].
    pub hits: Vec<Hit>,
    /// The host it came from.
    pub client: Option<ClientAddr>,
    /// How many recipients it had.
    pub recipients: u32,
    /// The domain of the first recipient: where it was going.
    pub destination_domain: Option<DomainName>,
    /// The address it was going to; filled by look-up off the hot path, or from the original destination.
    pub destination_ip: Option<std::net::IpAddr>,
    /// From, To, Subject, Date and Message-ID as they were sent, folded to one line each, at most
    /// [`Evidence::MAX_HEADERS`] bytes in all.
    pub headers: String,
}

impl Evidence {
    /// More signals than this are not kept.
    pub const MAX_HITS: usize = 12;
    /// The bound of [`Evidence::headers`].
    pub const MAX_HEADERS: usize = 1024;
}
