//! One thing that a customer owns, as it is written of him.

use ipnet::IpNet;
use model::{AccountName, ClientAddr, DomainName, Network, SubjectKey, SubjectKind};

/// A network, an account, all accounts of a domain, or a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holding {
    /// Addresses; of IPv6 a /64 or more.
    Network(IpNet),
    /// A login.
    Account(AccountName),
    /// Every login of a domain.
    MailDomain(DomainName),
    /// A domain that is sent as.
    Domain(DomainName),
}

impl Holding {
    /// What a name means: "192.0.2.17", "192.0.2.0/24", "bob@shop.example", "*@shop.example", "shop.example". An address
    /// stands for what is counted as one: of IPv6 its /64.
    pub fn parse(kind: SubjectKind, name: &str) -> Option<Self> {
        match kind {
            SubjectKind::Ip => network(name).map(Self::Network),
            SubjectKind::Account => account(name),
            SubjectKind::Domain => domain(name).map(Self::Domain),
        }
    }

    /// The account, address or domain, where it is one.
    pub fn subject(&self) -> Option<SubjectKey> {
        match self {
            Self::Network(net) => {
                Some(ClientAddr::new(net.addr()).network()).filter(|one| one.net() == *net).map(SubjectKey::Ip)
            }
            Self::Account(login) => Some(SubjectKey::Account(login.clone())),
            Self::MailDomain(_) => None,
            Self::Domain(domain) => Some(SubjectKey::Domain(domain.clone())),
        }
    }

    pub(crate) fn kind(&self) -> SubjectKind {
        match self {
            Self::Network(_) => SubjectKind::Ip,
            Self::Account(_) | Self::MailDomain(_) => SubjectKind::Account,
            Self::Domain(_) => SubjectKind::Domain,
        }
    }
}

fn network(name: &str) -> Option<IpNet> {
    if !name.contains('/') {
        return Network::parse(name).map(Network::net);
    }
    let net = name.trim().parse::<IpNet>().ok()?;
    (net.addr().is_ipv4() || net.prefix_len() <= 64).then(|| net.trunc())
}

fn account(name: &str) -> Option<Holding> {
    let one = |name: &str| !name.contains('*') && !name.trim().starts_with('@');
    let all = DomainName::of_all(name).map(Holding::MailDomain);
    all.or_else(|| {
        AccountName::from_login(name).filter(|_| one(name) && !name.contains(char::is_control)).map(Holding::Account)
    })
}

/// A star stands for all of a domain, not for a part of its name.
fn domain(name: &str) -> Option<DomainName> {
    DomainName::new(name).filter(|_| !name.contains('*'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_one_subject_is_told_from_what_is_many() {
        let one = |kind, name| Holding::parse(kind, name).unwrap().subject().map(|subject| subject.to_string());
        assert_eq!(one(SubjectKind::Ip, "192.0.2.17").as_deref(), Some("ip 192.0.2.17"));
        assert_eq!(one(SubjectKind::Ip, "192.0.2.17/32").as_deref(), Some("ip 192.0.2.17"));
        assert_eq!(one(SubjectKind::Ip, "2001:db8::5").as_deref(), Some("ip 2001:db8::/64"));
        assert_eq!(one(SubjectKind::Ip, "192.0.2.0/24"), None);
        assert_eq!(one(SubjectKind::Account, "*@shop.example"), None);
        assert_eq!(one(SubjectKind::Account, "@shop.example"), None);
        assert_eq!(Holding::parse(SubjectKind::Account, "@"), None);
        assert_eq!(one(SubjectKind::Account, "Bob@shop.example").as_deref(), Some("account bob@shop.example"));
    }

    #[test]
    fn what_can_t_be_owned_is_nothing() {
        for (kind, name) in [
            (SubjectKind::Ip, "192.0.2.0/33"),
            (SubjectKind::Ip, "2001:db8::/65"),
            (SubjectKind::Ip, "192.0.02.1"),
            (SubjectKind::Ip, "fe80::1%eth0"),
            (SubjectKind::Account, "b*b@shop.example"),
            (SubjectKind::Account, ""),
            (SubjectKind::Domain, "*"),
        ] {
            assert_eq!(Holding::parse(kind, name), None, "{name}");
        }
    }
}
