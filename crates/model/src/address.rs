//! Addresses: where a client is, where it wanted to go, who writes to whom.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use ipnet::{IpNet, Ipv6Net};
use serde::{Deserialize, Serialize};

/// The address of the host that submits mail. IPv4-mapped IPv6 is IPv4, and so is a client behind a translator (NAT64, SIIT)
/// under the well-known prefix 64:ff9b::/96: all of the world's IPv4 would be one /64 otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientAddr(IpAddr);

impl ClientAddr {
    /// The client's address, canonical.
    pub fn new(address: IpAddr) -> Self {
        Self(translated(address).unwrap_or_else(|| address.to_canonical()))
    }

    /// Reads `192.0.2.1`, `2001:db8::1`, `[2001:db8::1]` and the SMTP literal `IPv6:2001:db8::1` (RFC 5321 4.1.3).
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_start_matches('[').trim_end_matches(']');
        let text =
            if text.get(..5).is_some_and(|tag| tag.eq_ignore_ascii_case("ipv6:")) { text.get(5..)? } else { text };
        text.parse().ok().map(Self::new)
    }

    /// The address itself.
    pub fn ip(self) -> IpAddr {
        self.0
    }

    /// Whether it is this host.
    pub fn is_loopback(self) -> bool {
        self.0.is_loopback()
    }

    /// The network that counts as one client: IPv4 by address, IPv6 by /64, so that a /64 has one budget.
    pub fn network(self) -> Network {
        Network::of_client(self.0)
    }
}

/// The IPv4 address within one of the well-known prefix (RFC 6052 2.1).
///
/// Security: addresses that mean this host or its networks are left as they are (RFC 6052 3.1 forbids them there), or whoever
/// wrote one would be taken for somebody trusted.
fn translated(address: IpAddr) -> Option<IpAddr> {
    let IpAddr::V6(address) = address else { return None };
    let [0x64, 0xff9b, 0, 0, 0, 0, high, low] = address.segments() else { return None };
    let inner = Ipv4Addr::from(u32::from(high) << 16 | u32::from(low));
    let is_local = inner.is_loopback() || inner.is_private() || inner.is_link_local() || inner.is_unspecified();
    (!is_local).then_some(IpAddr::V4(inner))
}

impl fmt::Display for ClientAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What an `ip` subject is keyed by: an IPv4 address or an IPv6 /64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Network(IpNet);

impl Network {
    fn of_client(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(_) => Self(IpNet::from(address)),
            IpAddr::V6(v6) => Self(IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::from(u128::from(v6) >> 64 << 64), 64))),
        }
    }

    /// Reads what [`fmt::Display`] writes, or any address inside it. A wider network is nobody: whoever means all of its
    /// addresses must not get one of them.
    pub fn parse(text: &str) -> Option<Self> {
        let Some((address, length)) = text.split_once('/') else { return Some(ClientAddr::parse(text)?.network()) };
        let address: IpAddr = address.parse().ok()?;
        let narrow = if address.is_ipv4() { 32..=32 } else { 64..=128 };
        narrow.contains(&length.parse::<u8>().ok()?).then(|| ClientAddr::new(address).network())
    }

    /// The coarser network behind "distinct client networks": IPv4 /24, IPv6 /48.
    pub fn neighbourhood(self) -> IpNet {
        let length = if self.0.addr().is_ipv4() { 24 } else { 48 };
        IpNet::new(self.0.addr(), length).map_or(self.0, |net| net.trunc())
    }

    /// The network in CIDR notation.
    pub fn net(self) -> IpNet {
        self.0
    }
}

/// A single IPv4 address without its /32, an IPv6 network with its /64.
impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpNet::V4(net) => net.addr().fmt(f),
            IpNet::V6(net) => net.fmt(f),
        }
    }
}

/// Where an intercepted connection was going before it was redirected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OriginalDst(pub SocketAddr);

/// A domain name in lower case without a trailing dot, at most 253 bytes (RFC 1035 2.3.4).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DomainName(String);

impl DomainName {
    /// The name, folded; `None` when it is empty, too long or holds white space or control characters.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches('.').to_lowercase();
        let fits = !text.is_empty() && text.len() <= 253;
        (fits && !text.chars().any(|c| c.is_whitespace() || c.is_control())).then_some(Self(text))
    }

    /// The domain of a pattern that stands for all its accounts or addresses, in either spelling: "*@shop.example" or
    /// "@shop.example"; `None` when the text is no such pattern.
    pub fn of_all(pattern: &str) -> Option<Self> {
        let pattern = pattern.trim();
        let domain = pattern.strip_prefix('*').unwrap_or(pattern).strip_prefix('@')?;
        Self::new(domain).filter(|_| !domain.contains(['*', '@']))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An address in a header, with the name shown beside it. Both as written, decoded, bounded; neither is validated.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mailbox {
    /// The display name, empty when there is none.
    pub name: String,
    /// The address, without angle brackets.
    pub address: String,
}

impl Mailbox {
    /// The domain behind the last `@`.
    pub fn domain(&self) -> Option<DomainName> {
        self.address.rsplit_once('@').and_then(|(_, domain)| DomainName::new(domain))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_client_counts_by_its_64() {
        let one = ClientAddr::parse("IPv6:2001:db8:1:2::9").unwrap();
        let two = ClientAddr::parse("[2001:db8:1:2:ffff::1]").unwrap();
        assert_eq!(one.network(), two.network());
        assert_eq!(one.network().to_string(), "2001:db8:1:2::/64");
        assert_eq!(Network::parse("2001:db8:1:2::/64"), Some(one.network()));
    }

    #[test]
    fn a_wider_network_is_not_one_of_its_addresses() {
        for wide in ["192.0.2.0/24", "0.0.0.0/0", "2001:db8::/48", "192.0.2.1/", "192.0.2.1/x", "192.0.2.1/64"] {
            assert_eq!(Network::parse(wide), None, "{wide}");
        }
        assert_eq!(Network::parse("192.0.2.7/32"), Network::parse("192.0.2.7"));
    }

    #[test]
    fn a_mapped_address_is_ipv4() {
        let mapped = ClientAddr::parse("::ffff:192.0.2.7").unwrap();
        assert_eq!(mapped.network().to_string(), "192.0.2.7");
        assert_eq!(mapped.network().neighbourhood().to_string(), "192.0.2.0/24");
    }

    #[test]
    fn a_translated_address_is_ipv4_unless_it_means_ourselves() {
        for (written, shown) in [
            ("64:ff9b::192.0.2.7", "192.0.2.7"),
            ("64:ff9b::127.0.0.1", "64:ff9b::7f00:1"),
            ("64:ff9b::10.0.0.1", "64:ff9b::a00:1"),
            ("64:ff9b::", "64:ff9b::"),
            ("64:ff9b:1::192.0.2.7", "64:ff9b:1::c000:207"),
        ] {
            assert_eq!(ClientAddr::parse(written).unwrap().to_string(), shown);
        }
    }
}
