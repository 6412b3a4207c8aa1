//! What happened, for those who watch: telemetry and alerts. A session never waits for them.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use crate::address::ClientAddr;
use crate::envelope::Envelope;
use crate::features::Features;
use crate::names::AccountName;
use crate::session::Via;
use crate::standing::Block;
use crate::subject::{Identity, SubjectKey};
use crate::time::Timestamp;
use crate::verdict::Verdict;

/// One thing that happened. Each becomes one log line and its metrics.
#[derive(Debug)]
pub enum Event<'a> {
    /// A message was judged.
    Judged(Judged<'a>),
    /// A session or transaction was refused before content was seen.
    Refused {
        /// The door.
        via: Via,
        /// Who.
        identity: &'a Identity,
        /// `connect`, `mail` or `rcpt`.
        stage: &'static str,
        /// Why, in a word.
        reason: &'static str,
        /// The reply line.
        reply: &'a str,
        /// Whether it was only noted (monitor mode).
        monitored: bool,
    },
    /// The SMTP proxy has refused something by itself, or on the next hop's word.
    Declined(Declined<'a>),
    /// A block began or its state changed.
    BlockChanged {
        /// The block as it is now.
        block: &'a Block,
        /// Whether nothing is refused because of it (monitor mode).
        monitored: bool,
    },
    /// A login failed.
    LoginFailed {
        /// The door; [`Via::Http`] where another server told of it.
        via: Via,
        /// The account that was tried, where its name could be read, and the client's network.
        identity: &'a Identity,
    },
    /// Failed logins locked an account or a client's network, or that is over.
    LockoutChanged {
        /// Whom.
        subject: &'a SubjectKey,
        /// The failed logins that led to it.
        failures: u32,
        /// When it ends, or would have.
        until: Timestamp,
        /// `began`, `ended` by itself or `lifted` by a person.
        change: &'static str,
    },
    /// Somebody showed the console or an API something that opens nothing.
    WebGuess(WebGuess<'a>),
    /// Somebody logged in to the console.
    WebLogin {
        /// Password or invitation.
        door: WebDoor,
        /// His name.
        user: &'a str,
        /// From where.
        client: Option<IpAddr>,
    },
    /// A part of the path failed and the declared policy was applied.
    Degraded {
        /// Which part: `store`, `scorer`, `resolver`, `alerts`, ….
        part: &'static str,
        /// What was done: `continue`, `tempfail`, ….
        policy: &'static str,
        /// What went wrong.
        error: &'a str,
    },
    /// A part that had failed works again.
    Recovered {
        /// Which part.
        part: &'static str,
    },
    /// Something that somebody else had changed was put right again.
    Repaired {
        /// Which part: `nftables`, ….
        part: &'static str,
        /// What was wrong, in a word.
        repair: &'static str,
        /// How many times over.
        count: u64,
    },
    /// The MTA has not told what identity needs.
    MissingIdentity {
        /// The door.
        via: Via,
        /// The macro or header that is missing, with how to send it.
        missing: &'static str,
    },
}

/// A message and what was decided.
#[derive(Debug)]
pub struct Judged<'a> {
    /// The door.
    pub via: Via,
    /// Who.
    pub identity: &'a Identity,
    /// The MTA's queue id.
    pub queue_id: Option<&'a str>,
    /// The Message-ID.
    pub message_id: Option<&'a str>,
    /// The envelope.
    pub envelope: &'a Envelope,
    /// What was seen in it; `None` when it was refused unread.
    pub features: Option<&'a Features>,
    /// Bytes.
    pub size: u64,
    /// The verdict, as it was given to the client.
    pub verdict: &'a Verdict,
    /// The verdict's action, or in monitor mode what it would have been.
    pub would: &'static str,
    /// How long judging took.
    pub took: Duration,
}

/// What an SMTP client was refused though the judge had nothing against it.
#[derive(Debug, Clone, Copy)]
pub struct Declined<'a> {
    /// The door.
    pub via: Via,
    /// The client.
    pub client: Option<ClientAddr>,
    /// The login, when there was one.
    pub account: Option<&'a AccountName>,
    /// How far it had come: `connect`, `command`, `auth`, `mail`, `rcpt`, `content` or `session`.
    pub stage: &'static str,
    /// Whose word it is: `proxy` or `next_hop`.
    pub by: &'static str,
    /// The reply, in one line.
    pub reply: &'a str,
    /// The next hop that was asked.
    pub next_hop: Option<SocketAddr>,
    /// The Message-ID, of content.
    pub message_id: Option<&'a str>,
}

/// What somebody shows to be let in to console, APIs and pages of blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WebDoor {
    /// A name and a password.
    Password,
    /// The link that logs a user in once.
    Invitation,
    /// A bearer token of either API.
    Key,
    /// Application key, consumer key and signature of the compatible API.
    Signature,
    /// The signed link of a letter.
    Link,
    /// The reference of a block.
    Reference,
    /// The signature of an inbound hook.
    Hook,
}

impl WebDoor {
    /// Every door.
    pub const ALL: [Self; 7] =
        [Self::Password, Self::Invitation, Self::Key, Self::Signature, Self::Link, Self::Reference, Self::Hook];

    /// The door's word in logs, metrics and the audit log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Invitation => "invitation",
            Self::Key => "key",
            Self::Signature => "signature",
            Self::Link => "link",
            Self::Reference => "reference",
            Self::Hook => "hook",
        }
    }
}

/// Something that opens nothing, or was not even looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WebGuess<'a> {
    /// What was shown.
    pub door: WebDoor,
    /// From where.
    pub client: Option<IpAddr>,
    /// The user or key it was meant for, when there is one of that name: what else is typed there may be a password.
    pub on: Option<&'a str>,
    /// Whether it was answered that there were too many.
    pub turned_away: bool,
    /// Whether it is the first such of this client for some minutes.
    pub first: bool,
}

/// Where events go. Implementations neither block nor fail: what they can't take, they count.
pub trait EventSink: Send + Sync {
    /// Takes note.
    fn emit(&self, event: &Event<'_>);
}

/// Takes note of nothing: for `scan` and for tests that look elsewhere.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoEvents;

impl EventSink for NoEvents {
    fn emit(&self, _event: &Event<'_>) {}
}
