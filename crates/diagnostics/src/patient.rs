//! Who is diagnosed.

use std::fmt;
use std::net::IpAddr;

use customers::Address;
use model::{AccountName, ClientAddr, DomainName, SubjectKey, SubjectKind};
use serde::{Deserialize, Serialize};

/// An account, an address or a domain. Unlike a subject that is counted, an IPv6 address stands for itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "name", rename_all = "snake_case")]
pub enum Patient {
    /// A login.
    Account(AccountName),
    /// An address.
    Ip(IpAddr),
    /// A domain.
    Domain(DomainName),
}

impl Patient {
    /// Reads a name; `None` when it is no such thing.
    pub fn parse(kind: SubjectKind, name: &str) -> Option<Self> {
        match kind {
            SubjectKind::Account => AccountName::from_login(name).map(Self::Account),
            SubjectKind::Ip => ClientAddr::parse(name).map(|address| Self::Ip(address.ip())),
            SubjectKind::Domain => {
                DomainName::new(name).filter(|name| lookups::Name::of(name).is_some()).map(Self::Domain)
            }
        }
    }

    /// What kind it is.
    pub fn kind(&self) -> SubjectKind {
        match self {
            Self::Account(_) => SubjectKind::Account,
            Self::Ip(_) => SubjectKind::Ip,
            Self::Domain(_) => SubjectKind::Domain,
        }
    }

    /// As whom it is counted and blocked.
    pub fn subject(&self) -> SubjectKey {
        match self {
            Self::Account(name) => SubjectKey::Account(name.clone()),
            Self::Ip(address) => SubjectKey::Ip(ClientAddr::new(*address).network()),
            Self::Domain(domain) => SubjectKey::Domain(domain.clone()),
        }
    }

    /// The domain, or that of the account.
    pub fn domain(&self) -> Option<DomainName> {
        match self {
            Self::Account(name) => name.domain().and_then(DomainName::new),
            Self::Ip(_) => None,
            Self::Domain(domain) => Some(domain.clone()),
        }
    }

    /// The account's mail address, when its login is one.
    pub fn mailbox(&self) -> Option<Address> {
        match self {
            Self::Account(name) => Address::parse(name.as_str()).filter(|address| address.as_str().contains('@')),
            Self::Ip(_) | Self::Domain(_) => None,
        }
    }

    /// The bare name.
    pub fn name(&self) -> String {
        match self {
            Self::Account(name) => name.to_string(),
            Self::Ip(address) => address.to_string(),
            Self::Domain(domain) => domain.to_string(),
        }
    }
}

impl fmt::Display for Patient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind(), self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_by_their_kind() {
        let bob = Patient::parse(SubjectKind::Account, "Bob@Shop.example").unwrap();
        assert_eq!(
            (bob.to_string(), bob.domain()),
            ("account bob@shop.example".into(), DomainName::new("shop.example"))
        );
        assert_eq!(bob.mailbox(), Address::parse("bob@shop.example"));
        let v6 = Patient::parse(SubjectKind::Ip, "[2001:db8::1]").unwrap();
        assert_eq!((v6.name(), v6.subject().name()), ("2001:db8::1".into(), "2001:db8::/64".into()));
        assert_eq!(Patient::parse(SubjectKind::Ip, "shop.example"), None);
        assert_eq!(Patient::parse(SubjectKind::Domain, "a..example"), None);
        assert_eq!(Patient::parse(SubjectKind::Account, " "), None);
        assert_eq!(Patient::parse(SubjectKind::Account, "postmaster").unwrap().mailbox(), None);
    }
}
