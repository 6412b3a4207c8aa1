//! A name as it is asked for: absolute, so that the system's search domains never complete it.

use std::fmt;
use std::net::IpAddr;

use hickory_resolver::proto::rr;
use model::DomainName;

use crate::zones::reversed;

/// A DNS name that ends in the root, in A-labels (RFC 5890).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Name(rr::Name);

impl Name {
    /// The name of a domain; `None` when DNS can't hold it (a label over 63 bytes, an empty one).
    pub fn of(domain: &DomainName) -> Option<Self> {
        Self::absolute(domain.as_str())
    }

    /// A name below a zone: what is looked up in a list.
    pub fn below(prefix: &str, zone: &DomainName) -> Option<Self> {
        Self::absolute(&format!("{prefix}.{zone}"))
    }

    /// The name below which an address says what it is called (RFC 1035 3.5, RFC 3596 2.5).
    pub fn of_address(address: IpAddr) -> Option<Self> {
        let zone = if address.is_ipv4() { "in-addr.arpa" } else { "ip6.arpa" };
        Self::absolute(&format!("{}.{zone}", reversed(address)))
    }

    /// The name of a host as a person or a server writes it; `None` when DNS can't hold it.
    pub fn of_host(host: &str) -> Option<Self> {
        Self::absolute(host)
    }

    pub(crate) fn absolute(text: &str) -> Option<Self> {
        let mut name = rr::Name::from_utf8(text).ok()?.to_lowercase();
        name.set_fqdn(true);
        Some(Self(name))
    }

    pub(crate) fn from_wire(name: &rr::Name) -> Self {
        Self(name.to_lowercase())
    }

    pub(crate) fn wire(&self) -> rr::Name {
        self.0.clone()
    }

    /// Whether it is the root, which an exchanger names to say that it takes no mail (RFC 7505).
    pub fn is_root(&self) -> bool {
        self.0.is_root()
    }

    /// The name in A-labels without its last dot.
    pub fn to_host(&self) -> String {
        self.0.to_ascii().trim_end_matches('.').to_owned()
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_ascii())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn names_are_absolute_and_what_dns_cannot_hold_is_none() {
        let zone = DomainName::new("dbl.list.example").unwrap();
        assert_eq!(Name::below("Shop.Example", &zone).unwrap().to_string(), "shop.example.dbl.list.example.");
        let idn = DomainName::new("m\u{fc}ller.example").unwrap();
        assert_eq!(Name::of(&idn).unwrap().to_host(), "xn--mller-kva.example");
        let of = |address: &str| Name::of_address(address.parse().unwrap()).unwrap().to_string();
        assert_eq!(of("192.0.2.1"), "1.2.0.192.in-addr.arpa.");
        assert!(of("2001:db8::25").ends_with(".8.b.d.0.1.0.0.2.ip6.arpa."));
        for wrong in ["a..example".to_owned(), format!("{}.example", "a".repeat(64))] {
            assert_eq!(DomainName::new(&wrong).and_then(|domain| Name::of(&domain)), None, "{wrong}");
        }
    }
}
