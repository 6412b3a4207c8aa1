//! What a check has found.

use serde::{Deserialize, Serialize};

/// Every check there is, in the order they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// Is it blocked for spam?
    Blocked,
    /// Is the service suspended or the subscription over?
    Suspended,
    /// Is it locked after failed logins?
    Locked,
    /// Can it log in?
    Authentication,
    /// Is a test message taken?
    Sends,
    /// Does it arrive?
    Arrives,
    /// Do the exchangers accept the account's address?
    Accepted,
    /// Do the exchangers exist, and are they ours?
    Mx,
    /// Do mail programs find their settings?
    Srv,
    /// Do receivers learn that our addresses may send?
    Spf,
    /// Is there a key for signatures?
    Dkim,
    /// Is there a policy, and does it make sense?
    Dmarc,
    /// Are abuse@ and postmaster@ accepted?
    RoleAddresses,
    /// Does the address have a name that leads back?
    ReverseDns,
    /// Is it on a list?
    Listed,
}

impl Check {
    /// Its word, as in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Blocked => "blocked",
            Self::Suspended => "suspended",
            Self::Locked => "locked",
            Self::Authentication => "authentication",
            Self::Sends => "sends",
            Self::Arrives => "arrives",
            Self::Accepted => "accepted",
            Self::Mx => "mx",
            Self::Srv => "srv",
            Self::Spf => "spf",
            Self::Dkim => "dkim",
            Self::Dmarc => "dmarc",
            Self::RoleAddresses => "role_addresses",
            Self::ReverseDns => "reverse_dns",
            Self::Listed => "listed",
        }
    }
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// All is well.
    Pass,
    /// It works, and should be better.
    Warn,
    /// It does not work.
    Fail,
    /// It could not be found out.
    Unknown,
}

impl Outcome {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Unknown => "unknown",
        }
    }
}

/// Why mail does not go out or come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The service is suspended, or the subscription is over.
    Suspended,
    /// It is blocked for spam.
    SpamBlock,
    /// It is locked after failed logins.
    Locked,
    /// The password is wrong.
    Password,
    /// A server or a network does not work.
    Infrastructure,
}

impl Cause {
    /// Its word, as in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Suspended => "suspended",
            Self::SpamBlock => "spam_block",
            Self::Locked => "locked",
            Self::Password => "password",
            Self::Infrastructure => "infrastructure",
        }
    }

    /// The cause as a sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Suspended => "The service is suspended, or the subscription is over.",
            Self::SpamBlock => "It is blocked for spam.",
            Self::Locked => "It is locked after failed logins.",
            Self::Password => "The password is wrong.",
            Self::Infrastructure => "A server or the network does not work.",
        }
    }
}

/// What one check has found, in sentences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Which check.
    pub check: Check,
    /// How it ended.
    pub outcome: Outcome,
    /// What was found.
    pub found: String,
    /// What it means.
    pub means: String,
    /// What to do; empty where nothing is to be done.
    pub advice: String,
    /// What keeps mail from going, where this check can tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
}
