//! What belongs together, such as all that one customer owns: spans of a key that sorts it side by side.
//!
//! An address sorts by its bytes, so that a network is one span; an account by its domain, then by its name. So a store
//! finds a customer's blocks with one index, and the longest prefix wins by cutting the narrower spans out of the wider.

use std::net::IpAddr;

use ipnet::IpNet;
use model::{DomainName, SubjectKey, SubjectKind};

/// The key that a subject sorts by among those of its kind.
pub fn place(subject: &SubjectKey) -> String {
    match subject {
        SubjectKey::Ip(network) => digits(network.net().network()),
        SubjectKey::Domain(name) => name.to_string(),
        SubjectKey::Account(name) => {
            let domain = name.domain().and_then(DomainName::new).map(|domain| domain.to_string());
            format!("{}@{name}", domain.unwrap_or_default())
        }
    }
}

/// IPv4 as it is mapped into IPv6 (RFC 4291 2.5.5.2), so that both have 32 digits.
fn digits(address: IpAddr) -> String {
    let mapped = match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped(),
        IpAddr::V6(v6) => v6,
    };
    format!("{:032x}", u128::from(mapped))
}

/// Subjects of a kind whose [`place`] is at least `from` and below `to`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// Of this kind.
    pub kind: SubjectKind,
    /// The first place.
    pub from: String,
    /// The first place behind.
    pub to: String,
}

/// Spans that don't overlap, sorted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Holdings(Vec<Span>);

impl Holdings {
    /// Nothing.
    pub fn none() -> Self {
        Self::default()
    }

    /// The addresses of a network.
    pub fn network(net: IpNet) -> Self {
        Self::span(SubjectKind::Ip, digits(net.network()), format!("{}~", digits(net.broadcast())))
    }

    /// The accounts of a domain.
    pub fn mail_domain(domain: &DomainName) -> Self {
        // 'A' follows '@'.
        Self::span(SubjectKind::Account, format!("{domain}@"), format!("{domain}A"))
    }

    /// One subject. Names hold no control characters, so nothing stands between a place and the end of its span.
    pub fn subject(subject: &SubjectKey) -> Self {
        let from = place(subject);
        let to = format!("{from}\u{1}");
        Self::span(subject.kind(), from, to)
    }

    fn span(kind: SubjectKind, from: String, to: String) -> Self {
        Self(vec![Span { kind, from, to }])
    }

    /// The spans, sorted; none overlaps another.
    pub fn spans(&self) -> &[Span] {
        &self.0
    }

    /// Whether the subject is among them.
    pub fn holds(&self, subject: &SubjectKey) -> bool {
        let (kind, place) = (subject.kind(), place(subject));
        let behind = self.0.partition_point(|span| (span.kind, span.from.as_str()) <= (kind, place.as_str()));
        let before = behind.checked_sub(1).and_then(|last| self.0.get(last));
        before.is_some_and(|span| span.kind == kind && place < span.to)
    }

    /// These and the others.
    #[must_use]
    pub fn and(self, others: Self) -> Self {
        let mut spans = self.0;
        spans.extend(others.0);
        spans.sort();
        let mut joined: Vec<Span> = Vec::with_capacity(spans.len());
        for span in spans {
            match joined.last_mut().filter(|last| last.kind == span.kind && span.from <= last.to) {
                Some(last) => last.to = std::mem::take(&mut last.to).max(span.to),
                None => joined.push(span),
            }
        }
        Self(joined)
    }

    /// Those that are among both.
    #[must_use]
    pub fn common(&self, others: &Self) -> Self {
        let shared = self.0.iter().flat_map(|one| others.0.iter().filter_map(|other| overlap(one, other)));
        let mut shared: Vec<_> = shared.collect();
        shared.sort();
        Self(shared)
    }

    /// These without the others.
    #[must_use]
    pub fn without(self, others: &Self) -> Self {
        let cut = |spans: Vec<Span>, other: &Span| spans.into_iter().flat_map(|span| rest(span, other)).collect();
        Self(others.0.iter().fold(self.0, cut))
    }
}

fn overlap(one: &Span, other: &Span) -> Option<Span> {
    let (from, to) = (one.from.clone().max(other.from.clone()), one.to.clone().min(other.to.clone()));
    (one.kind == other.kind && from < to).then_some(Span { kind: one.kind, from, to })
}

/// What remains of a span: all, a part at one end or both, or nothing.
fn rest(span: Span, cut: &Span) -> impl Iterator<Item = Span> {
    let apart = span.kind != cut.kind || cut.to <= span.from || span.to <= cut.from;
    let low = (!apart && span.from < cut.from).then(|| Span { to: cut.from.clone(), ..span.clone() });
    let high = (!apart && cut.to < span.to).then(|| Span { from: cut.to.clone(), ..span.clone() });
    [apart.then_some(span), low, high].into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn subject(kind: SubjectKind, name: &str) -> SubjectKey {
        SubjectKey::parse(kind, name).unwrap()
    }

    fn network(text: &str) -> Holdings {
        Holdings::network(text.parse().unwrap())
    }

    #[test]
    fn a_network_holds_its_addresses_and_no_others() {
        for (net, name, expected) in [
            ("192.0.2.0/24", "192.0.2.0", true),
            ("192.0.2.0/24", "192.0.2.255", true),
            ("192.0.2.0/24", "192.0.3.0", false),
            ("192.0.2.7/32", "192.0.2.7", true),
            ("192.0.2.7/32", "192.0.2.8", false),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "2001:db8::/64", false),
            ("2001:db8:1::/48", "2001:db8:1:ffff::/64", true),
            ("2001:db8:1::/48", "2001:db8:2::/64", false),
        ] {
            assert_eq!(network(net).holds(&subject(SubjectKind::Ip, name)), expected, "{net} {name}");
        }
    }

    #[test]
    fn a_domain_holds_its_accounts_and_not_those_below_it() {
        let shop = Holdings::mail_domain(&DomainName::new("shop.example").unwrap());
        for (name, expected) in [
            ("bob@shop.example", true),
            ("~@shop.example", true),
            ("bob@a.shop.example", false),
            ("bob@shop.example.net", false),
            ("bob", false),
        ] {
            assert_eq!(shop.holds(&subject(SubjectKind::Account, name)), expected, "{name}");
        }
        assert!(!shop.holds(&subject(SubjectKind::Domain, "shop.example")));
        let bob = Holdings::subject(&subject(SubjectKind::Account, "bob@shop.example"));
        let others = shop.without(&bob);
        assert!(!others.holds(&subject(SubjectKind::Account, "bob@shop.example")));
        assert!(others.holds(&subject(SubjectKind::Account, "bobby@shop.example")));
    }

    fn some() -> impl Strategy<Value = Vec<(u8, u8)>> {
        prop::collection::vec((any::<u8>(), 24u8..=32), 0..6)
    }

    fn made(nets: &[(u8, u8)]) -> Holdings {
        let one = |(last, length): &(u8, u8)| network(&format!("192.0.2.{last}/{length}"));
        nets.iter().map(one).fold(Holdings::none(), Holdings::and)
    }

    proptest! {
        #[test]
        fn sets_of_spans_are_sets(a in some(), b in some(), last in any::<u8>()) {
            let subject = subject(SubjectKind::Ip, &format!("192.0.2.{last}"));
            let (a, b) = (made(&a), made(&b));
            let (in_a, in_b) = (a.holds(&subject), b.holds(&subject));
            prop_assert_eq!(a.clone().and(b.clone()).holds(&subject), in_a || in_b);
            prop_assert_eq!(a.common(&b).holds(&subject), in_a && in_b);
            prop_assert_eq!(a.clone().without(&b).holds(&subject), in_a && !in_b);
            for spans in [a.clone().and(b.clone()), a.common(&b), a.without(&b)] {
                prop_assert!(spans.spans().windows(2).all(|two| two[0].to <= two[1].from), "{:?}", spans);
            }
        }
    }
}
