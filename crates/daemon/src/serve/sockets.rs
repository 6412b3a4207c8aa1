//! Sockets that systemd opened for us (sd_listen_fds(3)), by the names of their units.

use std::collections::HashMap;
use std::net::TcpListener;
use std::os::unix::net::UnixListener;

use listenfd::ListenFd;

/// A listening socket that was handed in.
#[derive(Debug)]
pub(crate) enum Activated {
    Tcp(TcpListener),
    Unix(UnixListener),
}

/// All sockets handed in, by name (`FileDescriptorName=`); several may share one.
pub(crate) fn activated() -> anyhow::Result<HashMap<String, Vec<Activated>>> {
    let mut fds = ListenFd::from_env();
    let names = std::env::var("LISTEN_FDNAMES").unwrap_or_default();
    let mut names = names.split(':').map(str::to_owned);
    let mut found: HashMap<String, Vec<Activated>> = HashMap::new();
    for index in 0..fds.len() {
        let name = names.next().filter(|name| !name.is_empty()).unwrap_or_else(|| "unknown".into());
        found.entry(name).or_default().push(take(&mut fds, index)?);
    }
    Ok(found)
}

/// `take_unix_listener` refuses a TCP socket and leaves it to be taken as one.
fn take(fds: &mut ListenFd, index: usize) -> anyhow::Result<Activated> {
    if let Ok(Some(unix)) = fds.take_unix_listener(index) {
        return Ok(Activated::Unix(unix));
    }
    match fds.take_tcp_listener(index)? {
        Some(tcp) => Ok(Activated::Tcp(tcp)),
        None => anyhow::bail!("the socket {index} that systemd handed in is neither TCP nor Unix"),
    }
}
