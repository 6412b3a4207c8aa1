//! Where an intercepted connection was going, and how it is treated.
//!
//! Security: a connection whose destination is ourselves would be connected to ourselves, without end; one that came
//! straight to the port has no other destination than that.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use socket2::{SockAddr, SockRef};
use tokio::net::TcpStream;

use super::own::is_own;
use super::settings::{InterceptMode, InterceptRule, TlsPolicy};
use super::stray::Stray;

/// What is known of an intercepted connection before a word is said.
#[derive(Debug, Clone)]
pub(crate) struct Interception {
    /// Where it was going.
    pub(crate) destination: SocketAddr,
    /// The address that the destination is to see; `None` is this host's.
    pub(crate) source: Option<IpAddr>,
    /// The firewall mark of the connection onward.
    pub(crate) mark: u32,
    /// What becomes of STARTTLS.
    pub(crate) tls: TlsPolicy,
    /// How long an opaque stream may be silent.
    pub(crate) stream_timeout: Duration,
}

impl Interception {
    /// Reads it off the connection; `own` are the addresses this daemon listens on.
    pub(crate) fn of(tcp: &TcpStream, rule: &InterceptRule, own: &[SocketAddr]) -> Result<Self, Stray> {
        let local = tcp.local_addr().map(canonical).map_err(|_| Stray::Direct)?;
        let client = tcp.peer_addr().map(canonical).map_err(|_| Stray::Direct)?.ip();
        let destination = match rule.mode {
            InterceptMode::Redirect => original(tcp, local).ok_or(Stray::Direct)?,
            InterceptMode::Tproxy => local,
        };
        guard(destination, local, rule.mode, own)?;
        let keeps = rule.mode == InterceptMode::Tproxy && rule.keep_client;
        Ok(Self {
            destination,
            source: keeps.then_some(client),
            mark: rule.mark,
            tls: rule.policy_for(client),
            stream_timeout: rule.stream_timeout,
        })
    }
}

/// What the connection tracker remembers. On a socket for both families IPv4 has to be asked for as such.
fn original(tcp: &TcpStream, local: SocketAddr) -> Option<SocketAddr> {
    let socket = SockRef::from(tcp);
    let found = if local.is_ipv4() { socket.original_dst_v4() } else { socket.original_dst_v6() };
    found.ok().as_ref().and_then(SockAddr::as_socket).map(canonical)
}

/// Refuses what leads back to us. A redirected connection to any address of this host does, too: it would come from this
/// host, which its mail server trusts.
fn guard(destination: SocketAddr, local: SocketAddr, mode: InterceptMode, own: &[SocketAddr]) -> Result<(), Stray> {
    match mode {
        InterceptMode::Redirect if destination == local => Err(Stray::Direct),
        InterceptMode::Redirect if is_own(destination.ip()) => Err(Stray::Loop),
        _ if own.iter().any(|listener| leads_to(*listener, destination)) => Err(Stray::Loop),
        _ => Ok(()),
    }
}

fn leads_to(listener: SocketAddr, destination: SocketAddr) -> bool {
    listener.port() == destination.port()
        && (listener.ip() == destination.ip() || (listener.ip().is_unspecified() && is_own(destination.ip())))
}

fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

#[cfg(test)]
mod tests {
    use super::*;
    use InterceptMode::{Redirect, Tproxy};

    #[test]
    fn nothing_leads_back_to_us() {
        let address = |text: &str| text.parse::<SocketAddr>().unwrap();
        let own = [address("0.0.0.0:10025"), address("192.0.2.1:2525"), address("[::]:10026")];
        let guarded = |destination, local, mode| guard(address(destination), address(local), mode, &own);
        for (destination, local, mode, expected) in [
            ("198.51.100.1:25", "127.0.0.1:10025", Redirect, Ok(())),
            ("127.0.0.1:10025", "127.0.0.1:10025", Redirect, Err(Stray::Direct)),
            ("127.0.0.1:25", "127.0.0.1:10025", Redirect, Err(Stray::Loop)),
            ("198.51.100.1:25", "198.51.100.1:25", Tproxy, Ok(())),
            ("127.0.0.1:10025", "127.0.0.1:10025", Tproxy, Err(Stray::Loop)),
            ("192.0.2.1:2525", "192.0.2.1:2525", Tproxy, Err(Stray::Loop)),
            ("[::1]:10026", "[::1]:10026", Tproxy, Err(Stray::Loop)),
            ("127.0.0.1:25", "127.0.0.1:25", Tproxy, Ok(())),
        ] {
            assert_eq!(guarded(destination, local, mode), expected, "{destination} at {local}, {mode}");
        }
    }

    #[tokio::test]
    async fn a_direct_connection_is_no_interception() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let _client = TcpStream::connect(address).await.unwrap();
        let (tcp, _) = listener.accept().await.unwrap();
        let rule = |mode| InterceptRule { mode, ..InterceptRule::new(Vec::new()) };
        let found = |mode| Interception::of(&tcp, &rule(mode), &[address]).err();
        assert_eq!((found(Redirect), found(Tproxy)), (Some(Stray::Direct), Some(Stray::Loop)));
    }
}
