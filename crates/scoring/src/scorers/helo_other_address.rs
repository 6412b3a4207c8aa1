//! EHLO names a public address that is not the client's (RFC 5321 4.1.3). Behind a router a mail program names its private
//! one, which is ordinary.

use std::net::IpAddr;

use model::ClientAddr;

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let sender = &message.features.sender;
    let client = sender.client?;
    let helo = sender.helo.trim();
    let named = helo.starts_with('[').then(|| ClientAddr::parse(helo)).flatten()?;
    // Families differ where a translator (NAT64, a dual-stack router) stands between.
    let same_family = named.ip().is_ipv4() == client.ip().is_ipv4();
    let odd = same_family && is_public(named.ip()) && is_public(client.ip()) && named.network() != client.network();
    odd.then(|| Seen::of(format!("{}, connected from {}", named, client)))
}

fn is_public(address: IpAddr) -> bool {
    match address {
        // 100.64.0.0/10 is a provider's inside (RFC 6598).
        IpAddr::V4(v4) => {
            let [first, second, ..] = v4.octets();
            let shared = first == 100 && second & 0xc0 == 64;
            !(v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_unspecified() || shared)
        }
        IpAddr::V6(v6) => {
            !(v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local() || v6.is_unspecified())
        }
    }
}
