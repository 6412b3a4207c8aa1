//! What starting a private mail server needs, whichever it is.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicU16, Ordering};

use tempfile::TempDir;
use tokio::net::TcpStream;

use super::until;

/// Says that a test is skipped; a failure where the machine has promised to have the mail server.
pub(crate) fn missing(what: &str) {
    let required = std::env::var("PORTREEVE_REQUIRE_MTA").is_ok_and(|value| value == "1");
    assert!(!required, "{what} is missing, and PORTREEVE_REQUIRE_MTA=1 says it must be here");
    eprintln!("skipped: {what} is not installed (tests/run installs it when it can)");
}

/// Says that a test with a published client is skipped; a failure where the machine has promised to have it.
pub(crate) fn missing_client(what: &str) {
    let required = std::env::var("PORTREEVE_REQUIRE_CLIENTS").is_ok_and(|value| value == "1");
    assert!(!required, "{what} is missing, and PORTREEVE_REQUIRE_CLIENTS=1 says it must be here");
    eprintln!("skipped: {what} is not installed (tests/run installs it when it can)");
}

/// A port nobody listens on, below those that the kernel gives to outgoing connections, which might take it between here
/// and the server's start. No two calls of this process get the same one, and other processes begin elsewhere.
pub(crate) fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = std::process::id() as u16 % PORTS;
    let candidates = (0..PORTS).map(|_| 10_000 + first.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % PORTS);
    let is_free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    { candidates }.find(is_free).expect("some port is free")
}

/// From 10000 on; the kernel's own begin at 32768.
const PORTS: u16 = 20_000;

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
