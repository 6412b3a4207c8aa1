//! What starting a private mail server needs, whichever it is.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tempfile::TempDir;
use tokio::net::TcpStream;

use super::until;

/// Says that a test is skipped; a failure where the machine has promised to have the mail server.
pub(crate) fn missing(what: &str) {
    let required = std::env::var("PORTREEVE_REQUIRE_MTA").is_ok_and(|value| value == "1");
    assert!(!required, "{what} is missing, and PORTREEVE_REQUIRE_MTA=1 says it must be here");
    eprintln!("skipped: {what} is not installed (tests/run installs it when it can)");
}

/// A port nobody listens on. A mail server can't choose one itself and tell; that another process takes it between here
/// and there is possible and has not been seen.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback");
    listener.local_addr().expect("it is bound").port()
}

/// A directory that the server's own users can enter.
pub(crate) fn directory() -> TempDir {
    let dir = tempfile::Builder::new().prefix("portreeve-e2e-").tempdir_in("/tmp").expect("/tmp is writable");
    open(dir.path());
    dir
}

/// Lets everybody in: a daemon under another user must reach what lies below.
pub(crate) fn open(path: &Path) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("it is ours");
}

/// Waits until somebody accepts connections there.
pub(crate) async fn listening(what: &str, address: SocketAddr) {
    until(what, || async { TcpStream::connect(address).await.is_ok() }).await;
}

/// The address of a port on loopback.
pub(crate) fn loopback(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}
