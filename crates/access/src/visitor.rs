//! What the listener says of a request, beside the request itself.

use std::net::IpAddr;

use model::{ClientAddr, Network};

/// Who is at the other end, proxies that may say so taken into account. The listener puts it among a request's extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Visitor {
    /// His address; a Unix socket has nobody with one.
    pub client: Option<IpAddr>,
    /// Whether he reached us, or the proxy before us, over TLS.
    pub https: bool,
}

impl Visitor {
    /// What counts as one client: an IPv4 address, an IPv6 /64.
    pub fn network(&self) -> Option<Network> {
        self.client.map(|address| ClientAddr::new(address).network())
    }
}

/// Put among the extensions of an answer that goes on for as long as its client likes (server-sent events): the connection's
/// lifetime does not end it, and the daemon does not wait for it when it stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LongLived;
