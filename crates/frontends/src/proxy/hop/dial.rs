//! How a connection to a next hop is opened: with a firewall mark, from another address than our own.
//!
//! Both need CAP_NET_RAW or CAP_NET_ADMIN.

use std::io;
use std::net::{IpAddr, SocketAddr};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::{TcpSocket, TcpStream};

/// What is special about a connection before it is made; by default nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::proxy) struct Dialling {
    /// The firewall mark (SO_MARK) by which the packet filter knows it for ours; 0 is none.
    pub(in crate::proxy) mark: u32,
    /// The address it comes from, which need not be one of this host (IP_TRANSPARENT).
    pub(in crate::proxy) source: Option<IpAddr>,
}

impl Dialling {
    /// Connects.
    ///
    /// # Errors
    /// The system's; `PermissionDenied` without the capability.
    pub(super) async fn connect(self, peer: SocketAddr) -> io::Result<TcpStream> {
        if self == Self::default() {
            return TcpStream::connect(peer).await;
        }
        self.socket(peer)?.connect(peer).await
    }

    fn socket(self, peer: SocketAddr) -> io::Result<TcpSocket> {
        let socket = Socket::new(Domain::for_address(peer), Type::STREAM, Some(Protocol::TCP))?;
        socket.set_nonblocking(true)?;
        if self.mark != 0 {
            socket.set_mark(self.mark)?;
        }
        if let Some(source) = self.source {
            match source {
                IpAddr::V4(_) => socket.set_ip_transparent_v4(true)?,
                IpAddr::V6(_) => socket.set_ip_transparent_v6(true)?,
            }
            socket.bind(&SocketAddr::new(source, 0).into())?;
        }
        Ok(TcpSocket::from_std_stream(socket.into()))
    }
}
