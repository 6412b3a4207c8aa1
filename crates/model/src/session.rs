//! Who is connected, and how we know.

use serde::{Deserialize, Serialize};

use crate::address::{ClientAddr, DomainName, OriginalDst};
use crate::names::AccountName;

/// The door a session came in by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// A milter connection, mail received over SMTP.
    Milter,
    /// A milter connection, mail that never came over SMTP (sendmail(1), pickup): refusing before end of data makes the
    /// MTA retry for ever, so only the end-of-data verdict counts.
    MilterLocal,
    /// The SMTP proxy.
    Proxy,
    /// Transparent interception.
    Intercept,
    /// The HTTP scan call.
    Http,
    /// A person's `portreeve scan`.
    Command,
}

impl Via {
    /// Every door.
    pub const ALL: [Self; 6] =
        [Self::Milter, Self::MilterLocal, Self::Proxy, Self::Intercept, Self::Http, Self::Command];

    /// The door's word in logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Milter => "milter",
            Self::MilterLocal => "milter_local",
            Self::Proxy => "proxy",
            Self::Intercept => "intercept",
            Self::Http => "http",
            Self::Command => "command",
        }
    }
}

/// Who logged in, and which claim said so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// The account.
    pub account: AccountName,
    /// The SASL mechanism, empty when unknown.
    pub mechanism: String,
}

/// One client connection as the policy sees it. No protocol type is in here.
#[derive(Debug, Clone)]
pub struct Session {
    /// How it came.
    pub via: Via,
    /// The submitting host; `None` when the MTA named none (local submission).
    pub client: Option<ClientAddr>,
    /// The host's name in DNS as the MTA found it.
    pub client_name: Option<DomainName>,
    /// The name given with EHLO or HELO, bounded.
    pub helo: String,
    /// The login, when there was one.
    pub login: Option<Login>,
    /// The MTA's listener, such as `smtps` or `submission` ({daemon_name}).
    pub daemon: String,
    /// Where an intercepted connection was going.
    pub original_dst: Option<OriginalDst>,
    /// Whether the client's connection was encrypted.
    pub tls: bool,
}

impl Session {
    /// A session nothing is known of yet.
    pub fn new(via: Via) -> Self {
        Self {
            via,
            client: None,
            client_name: None,
            helo: String::new(),
            login: None,
            daemon: String::new(),
            original_dst: None,
            tls: false,
        }
    }
}
