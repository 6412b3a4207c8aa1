//! Opening listeners. Every failure is a sentence for the operator.
//!
//! Security: connecting to a Unix socket needs permission to write, which the usual umask takes from everybody else, so
//! the moment between binding and setting the mode opens nothing. A socket file is removed only when nobody answers on it;
//! anything else at that path is left alone.

use std::collections::HashMap;
use std::fs::{Permissions, set_permissions};
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::UnixStream as StdUnixStream;
use std::path::Path;

use tokio::net::{TcpListener, TcpSocket, UnixListener};

use super::{ListenAddr, SocketMode};
use crate::{Accept, Stream};

/// Connections the kernel holds until they are taken; an MTA's burst is larger than the usual 128.
const BACKLOG: u32 = 1024;

/// A socket opened by whoever started the daemon.
#[derive(Debug)]
pub enum Inherited {
    /// A TCP listener.
    Tcp(std::net::TcpListener),
    /// A Unix listener.
    Unix(std::os::unix::net::UnixListener),
}

/// Inherited sockets by name; several may share one. What is listened on is taken out.
pub type InheritedSockets = HashMap<String, Vec<Inherited>>;

/// Why an address can't be listened on.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The system refused.
    #[error("can't listen on {address}: {error}")]
    Bind {
        /// The address.
        address: ListenAddr,
        /// The system's reason.
        error: io::Error,
    },
    /// Somebody answers on the Unix socket.
    #[error("can't listen on {0}: another process answers there")]
    Answered(ListenAddr),
    /// The path of the Unix socket is something else.
    #[error("can't listen on {0}: there is a file at this path that is not a socket")]
    NotASocket(ListenAddr),
    /// A capability is missing.
    #[error(
        "can't intercept on {address}: {error}; foreign addresses and firewall marks need CAP_NET_RAW (systemd/portreeve-intercept.conf)"
    )]
    Incapable {
        /// The address.
        address: ListenAddr,
        /// The system's reason.
        error: io::Error,
    },
    /// systemd did not hand in a socket of that name.
    #[error(
        "can't listen on systemd:{0}: no socket of that name was handed in (FileDescriptorName= in the .socket unit)"
    )]
    NotInherited(String),
}

/// A socket that listens.
#[derive(Debug)]
pub enum Listener {
    /// Over TCP.
    Tcp(TcpListener),
    /// On a Unix socket.
    Unix(UnixListener),
}

impl Listener {
    /// Opens the listeners of an address: one, or as many as were inherited by that name. Needs a tokio runtime.
    ///
    /// # Errors
    /// [`ListenError`].
    pub async fn bind(
        address: &ListenAddr,
        mode: SocketMode,
        inherited: &mut InheritedSockets,
    ) -> Result<Vec<Self>, ListenError> {
        let failed = |error| ListenError::Bind { address: address.clone(), error };
        match address {
            ListenAddr::Inet(inet) => tcp(*inet).map(|listener| vec![Self::Tcp(listener)]).map_err(failed),
            ListenAddr::Unix(path) => {
                remove_stale(path, address)?;
                unix(path, mode).map(|listener| vec![Self::Unix(listener)]).map_err(failed)
            }
            ListenAddr::Systemd(name) => {
                let sockets = inherited.remove(name).ok_or_else(|| ListenError::NotInherited(name.clone()))?;
                sockets.into_iter().map(Self::adopt).collect::<io::Result<_>>().map_err(failed)
            }
        }
    }

    fn adopt(socket: Inherited) -> io::Result<Self> {
        match socket {
            Inherited::Tcp(listener) => {
                listener.set_nonblocking(true)?;
                TcpListener::from_std(listener).map(Self::Tcp)
            }
            Inherited::Unix(listener) => {
                listener.set_nonblocking(true)?;
                UnixListener::from_std(listener).map(Self::Unix)
            }
        }
    }

    /// The TCP address, with the port the system chose.
    pub fn tcp_address(&self) -> Option<SocketAddr> {
        match self {
            Self::Tcp(listener) => listener.local_addr().ok(),
            Self::Unix(_) => None,
        }
    }
}

impl Accept for Listener {
    async fn accept(&mut self) -> io::Result<Stream> {
        match self {
            Self::Tcp(listener) => {
                let (stream, _) = listener.accept().await?;
                // Answers are a few bytes that the MTA waits for: never worth collecting. This fails when the client has
                // already gone, which is no failure of the listener.
                let _ = stream.set_nodelay(true);
                Ok(Stream::Tcp(stream))
            }
            Self::Unix(listener) => listener.accept().await.map(|(stream, _)| Stream::Unix(stream)),
        }
    }
}

fn tcp(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // Connections of the process before may still be waiting out their end.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

fn unix(path: &Path, mode: SocketMode) -> io::Result<UnixListener> {
    let listener = UnixListener::bind(path)?;
    set_permissions(path, Permissions::from_mode(mode.0))?;
    Ok(listener)
}

/// Removes the socket that a process left behind when it ended.
fn remove_stale(path: &Path, address: &ListenAddr) -> Result<(), ListenError> {
    let Ok(found) = std::fs::symlink_metadata(path) else { return Ok(()) };
    if !found.file_type().is_socket() {
        return Err(ListenError::NotASocket(address.clone()));
    }
    match StdUnixStream::connect(path) {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            std::fs::remove_file(path).map_err(|error| ListenError::Bind { address: address.clone(), error })
        }
        Err(error) => Err(ListenError::Bind { address: address.clone(), error }),
        Ok(_) => Err(ListenError::Answered(address.clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODE: SocketMode = SocketMode(0o660);

    async fn bind(text: &str, inherited: &mut InheritedSockets) -> Result<Vec<Listener>, String> {
        let address = ListenAddr::parse(text)?;
        Listener::bind(&address, MODE, inherited).await.map_err(|error| error.to_string())
    }

    async fn bind_alone(text: &str) -> Result<Vec<Listener>, String> {
        bind(text, &mut HashMap::new()).await
    }

    #[tokio::test]
    async fn a_port_in_use_is_a_sentence() {
        let first = bind_alone("inet:127.0.0.1:0").await.unwrap();
        let taken = first[0].tcp_address().unwrap();
        let why = bind_alone(&taken.to_string()).await.unwrap_err();
        assert!(why.starts_with(&format!("can't listen on inet:{taken}: Address already in use")), "{why}");
    }

    #[tokio::test]
    async fn a_unix_socket_has_its_mode_and_a_stale_one_is_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("milter.sock");
        let text = format!("unix:{}", path.display());
        let listener = bind_alone(&text).await.unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o660);
        assert_eq!(
            bind_alone(&text).await.unwrap_err(),
            format!("can't listen on {text}: another process answers there")
        );
        drop(listener);
        assert!(path.exists());
        bind_alone(&text).await.unwrap();
    }

    #[tokio::test]
    async fn a_file_in_the_way_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("precious");
        std::fs::write(&path, "data").unwrap();
        let why = bind_alone(&format!("unix:{}", path.display())).await.unwrap_err();
        assert!(why.ends_with("there is a file at this path that is not a socket"), "{why}");
        assert_eq!(std::fs::read(&path).unwrap(), b"data");
    }

    #[tokio::test]
    async fn inherited_sockets_are_taken_by_name_once() {
        let handed_in = || std::net::TcpListener::bind("127.0.0.1:0").map(Inherited::Tcp).unwrap();
        let mut inherited = HashMap::from([("milter".to_owned(), vec![handed_in(), handed_in()])]);
        assert_eq!(bind("systemd:milter", &mut inherited).await.unwrap().len(), 2);
        let why = bind("systemd:milter", &mut inherited).await.unwrap_err();
        assert!(why.starts_with("can't listen on systemd:milter: no socket of that name was handed in"), "{why}");
    }
}
