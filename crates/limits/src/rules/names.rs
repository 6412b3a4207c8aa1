//! Sets of subjects as an operator writes them: exact names, `*@domain`, networks.

use std::collections::HashSet;

use ipnet::IpNet;
use model::{DomainName, Network, SubjectKey, SubjectKind};

/// Some subjects of one kind.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct NameSet {
    exact: HashSet<SubjectKey>,
    /// `*@domain` of accounts, `*.domain` of domains.
    under: HashSet<DomainName>,
    networks: Vec<IpNet>,
}

/// What one name stands for.
enum Pattern {
    Exact(SubjectKey),
    Under(DomainName),
    Within(IpNet),
}

impl NameSet {
    /// The set, and what is wrong with the names that could not be read.
    pub(crate) fn parse(kind: SubjectKind, names: &[String]) -> (Self, Vec<String>) {
        let mut set = Self::default();
        let mut wrong = Vec::new();
        for name in names {
            match pattern(kind, name) {
                Some(Pattern::Exact(subject)) => _ = set.exact.insert(subject),
                Some(Pattern::Under(domain)) => _ = set.under.insert(domain),
                Some(Pattern::Within(network)) => set.networks.push(network),
                None => wrong.push(format!("\"{name}\" is no {}", described(kind))),
            }
        }
        (set, wrong)
    }

    /// Whether the subject is one of them. Allocates only where a `*` pattern exists.
    pub(crate) fn contains(&self, subject: &SubjectKey) -> bool {
        self.exact.contains(subject) || self.contains_by_pattern(subject)
    }

    fn contains_by_pattern(&self, subject: &SubjectKey) -> bool {
        match subject {
            SubjectKey::Ip(network) => self.networks.iter().any(|net| net.contains(&network.net())),
            _ if self.under.is_empty() => false,
            SubjectKey::Account(name) => {
                name.domain().and_then(DomainName::new).is_some_and(|d| self.under.contains(&d))
            }
            SubjectKey::Domain(name) => parents(name.as_str()).any(|parent| self.under.contains(&parent)),
        }
    }
}

/// The domains above a domain, nearest first.
fn parents(domain: &str) -> impl Iterator<Item = DomainName> + '_ {
    domain.match_indices('.').filter_map(|(dot, _)| domain.get(dot + 1..)).filter_map(DomainName::new)
}

fn pattern(kind: SubjectKind, name: &str) -> Option<Pattern> {
    match kind {
        SubjectKind::Ip => network(name).map(Pattern::Within),
        SubjectKind::Account => DomainName::of_all(name).map(Pattern::Under).or_else(|| exact(kind, name)),
        SubjectKind::Domain => below(name).map(Pattern::Under).or_else(|| exact(kind, name)),
    }
}

fn exact(kind: SubjectKind, name: &str) -> Option<Pattern> {
    if name.contains('*') || name.trim().starts_with('@') {
        return None;
    }
    SubjectKey::parse(kind, name).map(Pattern::Exact)
}

fn below(name: &str) -> Option<DomainName> {
    let domain = name.trim().strip_prefix("*.")?;
    DomainName::new(domain).filter(|_| !domain.contains(['*', '@']))
}

/// A network, or an address, which stands for what is counted as one: of IPv6 its /64. No network is finer than that.
fn network(name: &str) -> Option<IpNet> {
    if !name.contains('/') {
        return Network::parse(name).map(Network::net);
    }
    let net = name.trim().parse::<IpNet>().ok()?;
    (net.addr().is_ipv4() || net.prefix_len() <= 64).then(|| net.trunc())
}

fn described(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::Account => "account; expected a login, or \"@\" and a domain",
        SubjectKind::Ip => "network; expected an address, or a network such as 192.0.2.0/24 (IPv6: /64 or shorter)",
        SubjectKind::Domain => "domain; expected a domain, or \"*.\" and a domain",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(kind: SubjectKind, names: &[&str]) -> NameSet {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        let (set, wrong) = NameSet::parse(kind, &names);
        assert_eq!(wrong, Vec::<String>::new());
        set
    }

    fn subject(kind: SubjectKind, name: &str) -> SubjectKey {
        SubjectKey::parse(kind, name).unwrap()
    }

    #[test]
    fn accounts_match_by_name_and_by_domain() {
        let set = set(SubjectKind::Account, &["Bob@example.com", "*@lists.example", "@news.example"]);
        for (name, expected) in [
            ("anyone@news.example", true),
            ("bob@example.com", true),
            ("eve@example.com", false),
            ("anyone@lists.example", true),
            ("anyone@sub.lists.example", false),
            ("lists.example", false),
        ] {
            assert_eq!(set.contains(&subject(SubjectKind::Account, name)), expected, "{name}");
        }
    }

    #[test]
    fn addresses_match_by_network() {
        let set = set(SubjectKind::Ip, &["192.0.2.0/25", "2001:db8::/32", "198.51.100.7"]);
        for (name, expected) in [
            ("192.0.2.127", true),
            ("192.0.2.128", false),
            ("2001:db8:9::1", true),
            ("2001:db9::1", false),
            ("198.51.100.7", true),
        ] {
            assert_eq!(set.contains(&subject(SubjectKind::Ip, name)), expected, "{name}");
        }
    }

    #[test]
    fn a_star_matches_subdomains_only() {
        let set = set(SubjectKind::Domain, &["*.shop.example"]);
        assert!(set.contains(&subject(SubjectKind::Domain, "a.b.shop.example")));
        assert!(!set.contains(&subject(SubjectKind::Domain, "shop.example")));
        assert!(!set.contains(&subject(SubjectKind::Domain, "workshop.example")));
    }

    #[test]
    fn names_that_say_nothing_are_reported() {
        for (kind, name) in [
            (SubjectKind::Account, " "),
            (SubjectKind::Account, "b*b@example.com"),
            (SubjectKind::Account, "*@"),
            (SubjectKind::Account, "@"),
            (SubjectKind::Account, "@two@shop.example"),
            (SubjectKind::Ip, "192.0.2.0/33"),
            (SubjectKind::Ip, "2001:db8::1/128"),
            (SubjectKind::Ip, "mail.example.com"),
            (SubjectKind::Domain, "*"),
        ] {
            let (set, wrong) = NameSet::parse(kind, &[name.to_owned()]);
            assert_eq!((set, wrong.len()), (NameSet::default(), 1), "{name}");
        }
    }
}
