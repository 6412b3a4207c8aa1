//! The `[scan]` door: mail servers that have no milter. What is behind it belongs to another crate; here are its listeners.

use std::io;
use std::net::SocketAddr;

use axum::Router;
use tokio::net::TcpListener;

use crate::server::{PlainBounds, Server};

/// Listens there; the error names the address.
///
/// # Errors
/// The first address that can't be had: in use, not of this host, or not permitted.
pub async fn listen_scan(addresses: &[SocketAddr]) -> io::Result<Vec<TcpListener>> {
    let mut listeners = Vec::new();
    for address in addresses {
        let named = |error: io::Error| {
            io::Error::new(error.kind(), format!("scan.listen: {address} can't be listened on: {error}"))
        };
        listeners.push(TcpListener::bind(address).await.map_err(named)?);
    }
    Ok(listeners)
}

/// Serves the router until `drain` resolves, then lets requests in progress end.
pub async fn serve_scan(
    router: Router,
    bounds: PlainBounds,
    listeners: Vec<TcpListener>,
    drain: impl Future<Output = ()>,
) {
    Server::plain(router, &bounds).run(listeners, drain).await;
}
