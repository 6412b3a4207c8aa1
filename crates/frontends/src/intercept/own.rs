//! Which addresses are this host's own, for the loop guard.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

/// Whether the address is one of this host: then binding to it works. The kernel's own list needs netlink, which the
/// service unit forbids.
pub(super) fn is_own(address: IpAddr) -> bool {
    binds(address) && !binds(nobodys(address))
}

/// With `net.ipv4.ip_nonlocal_bind` anything binds, and the question has no answer.
fn nobodys(like: IpAddr) -> IpAddr {
    match like {
        // Reserved for ever (RFC 1112 4), and the discard prefix (RFC 6666).
        IpAddr::V4(_) => Ipv4Addr::new(240, 0, 0, 1).into(),
        IpAddr::V6(_) => Ipv6Addr::new(0x100, 0, 0, 0, 0, 0, 0, 1).into(),
    }
}

fn binds(address: IpAddr) -> bool {
    UdpSocket::bind(SocketAddr::new(address, 0)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_ours_and_documentation_is_not() {
        assert!(is_own(Ipv4Addr::LOCALHOST.into()));
        assert!(!is_own(Ipv4Addr::new(192, 0, 2, 77).into()));
        assert!(!is_own("2001:db8::77".parse().unwrap()));
    }
}
