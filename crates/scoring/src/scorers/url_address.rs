//! A link to a bare public IP address. People link to their own machines on private networks.

use std::net::IpAddr;

use model::features::{UrlHost, UrlSource};

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let links = message.features.urls.iter().filter(|url| url.source != UrlSource::Text && !url.disguised_address);
    links.into_iter().find(|url| matches!(&url.host, UrlHost::Address(address) if is_public(*address))).map(|url| Seen::of(&url.url))
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => !(v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_unspecified()),
        IpAddr::V6(v6) => !(v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local()),
    }
}
