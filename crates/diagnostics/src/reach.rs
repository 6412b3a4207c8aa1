//! Addresses that a stranger's domain may lead us to.

use std::net::{IpAddr, Ipv4Addr};

/// Whether it is an address of the Internet: no loopback, private, link-local, shared, multicast or reserved one.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => {
            let local = v6.is_loopback() || v6.is_unspecified() || v6.is_multicast();
            // NAT64 (RFC 6052) leads to IPv4 addresses of any kind.
            let translated = v6.segments().starts_with(&[0x64, 0xff9b]);
            !local && !translated && !v6.is_unique_local() && !v6.is_unicast_link_local()
        }
    }
}

fn is_public_v4(v4: Ipv4Addr) -> bool {
    let [a, b, ..] = v4.octets();
    let local = v4.is_loopback() || v4.is_private() || v4.is_link_local() || v4.is_multicast() || v4.is_broadcast();
    // 0.0.0.0/8 is this host (RFC 1122), 100.64.0.0/10 the provider's own (RFC 6598), 240.0.0.0/4 reserved.
    !(local || a == 0 || a >= 240 || (a == 100 && b & 0xc0 == 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_inside_is_public() {
        for inside in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "0.1.2.3",
            "224.0.0.1",
            "255.255.255.255",
            "250.0.0.1",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "64:ff9b::a00:1",
        ] {
            assert!(!is_public(inside.parse().unwrap()), "{inside}");
        }
        for outside in ["192.0.2.1", "198.51.100.1", "100.128.0.1", "2001:db8::1", "::ffff:192.0.2.1"] {
            assert!(is_public(outside.parse().unwrap()), "{outside}");
        }
    }
}
