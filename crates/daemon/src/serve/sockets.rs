//! Sockets that systemd opened for us (sd_listen_fds(3)), by the names of their units.

use frontends::{Inherited, InheritedSockets};
use listenfd::ListenFd;

/// All sockets handed in, by name (`FileDescriptorName=`); several may share one.
pub(crate) fn activated() -> anyhow::Result<InheritedSockets> {
    let mut fds = ListenFd::from_env();
    let names = std::env::var("LISTEN_FDNAMES").unwrap_or_default();
    let mut names = names.split(':').map(str::to_owned);
    let mut found = InheritedSockets::new();
    for index in 0..fds.len() {
        let name = names.next().filter(|name| !name.is_empty()).unwrap_or_else(|| "unknown".into());
        found.entry(name).or_default().push(take(&mut fds, index)?);
    }
    Ok(found)
}

/// `take_unix_listener` refuses a TCP socket and leaves it to be taken as one.
fn take(fds: &mut ListenFd, index: usize) -> anyhow::Result<Inherited> {
    if let Ok(Some(unix)) = fds.take_unix_listener(index) {
        return Ok(Inherited::Unix(unix));
    }
    match fds.take_tcp_listener(index)? {
        Some(tcp) => Ok(Inherited::Tcp(tcp)),
        None => anyhow::bail!("the socket {index} that systemd handed in is neither TCP nor Unix"),
    }
}
