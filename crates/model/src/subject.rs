//! Whom we count.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::address::{DomainName, Network};
use crate::names::AccountName;

settings::choice! {
    /// The kinds of subjects.
    pub enum SubjectKind {
        /// A login.
        Account = "account",
        /// An IPv4 address or an IPv6 /64.
        Ip = "ip",
        /// A sender's domain.
        Domain = "domain",
    }
}

/// One subject: the key of counters and blocks. An empty identity can't be made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "name", rename_all = "snake_case")]
pub enum SubjectKey {
    /// A login.
    Account(AccountName),
    /// An IPv4 address or an IPv6 /64.
    Ip(Network),
    /// A sender's domain.
    Domain(DomainName),
}

impl SubjectKey {
    /// The subject's kind.
    pub fn kind(&self) -> SubjectKind {
        match self {
            Self::Account(_) => SubjectKind::Account,
            Self::Ip(_) => SubjectKind::Ip,
            Self::Domain(_) => SubjectKind::Domain,
        }
    }

    /// The subject's name without its kind.
    pub fn name(&self) -> String {
        match self {
            Self::Account(name) => name.to_string(),
            Self::Ip(network) => network.to_string(),
            Self::Domain(name) => name.to_string(),
        }
    }

    /// Whether it is this host's own programs, which have no address (0.0.0.0, RFC 1122 3.2.1.3).
    pub fn is_this_host(&self) -> bool {
        matches!(self, Self::Ip(network) if network.net().addr().is_unspecified())
    }

    /// The subject of a kind and a name, as [`Self::kind`] and [`Self::name`] tell them.
    pub fn parse(kind: SubjectKind, name: &str) -> Option<Self> {
        match kind {
            SubjectKind::Account => AccountName::from_login(name).map(Self::Account),
            SubjectKind::Ip => Network::parse(name).map(Self::Ip),
            SubjectKind::Domain => DomainName::new(name).map(Self::Domain),
        }
    }
}

/// `account bob@example.com`
impl fmt::Display for SubjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind(), self.name())
    }
}

/// The subjects one message is counted for. Any may be missing; none is ever empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// The account that logged in.
    pub account: Option<AccountName>,
    /// The client's network.
    pub network: Option<Network>,
    /// The domain.
    pub domain: Option<DomainName>,
}

impl Identity {
    /// The subjects, the most telling first.
    pub fn subjects(&self) -> impl Iterator<Item = SubjectKey> + '_ {
        let account = self.account.clone().map(SubjectKey::Account);
        let network = self.network.map(SubjectKey::Ip);
        let domain = self.domain.clone().map(SubjectKey::Domain);
        [account, network, domain].into_iter().flatten()
    }

    /// Whether a login stands behind it.
    pub fn is_authenticated(&self) -> bool {
        self.account.is_some()
    }
}
