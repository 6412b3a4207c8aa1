//! The `[scan]` door: HTTP for mail servers without milter. Nobody comes in while `scan.listen` is empty.

use std::sync::Arc;

use admin::PlainBounds;
use api::scan::{ScanDoor, router};
use arc_swap::ArcSwap;
use pipeline::Policy;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::drain::drained;
use super::entrances::Entrance;
use super::parts::Parts;
use crate::config::Config;

/// The way in that it is.
pub(crate) fn entrance(config: &Config) -> Entrance {
    let addresses = config.scan.listen.iter().map(ToString::to_string).collect();
    Entrance { kind: "scan", addresses, connections: None }
}

/// Opens the listeners, and serves them until the daemon drains.
pub(crate) async fn serve(
    config: &Config,
    parts: &Parts,
    policy: &Arc<ArcSwap<Policy>>,
    draining: watch::Receiver<bool>,
) -> anyhow::Result<JoinHandle<()>> {
    let listeners = admin::listen_scan(&config.scan.listen).await?;
    for address in listeners.iter().filter_map(|listener: &TcpListener| listener.local_addr().ok()) {
        tracing::info!(%address, kind = "scan", "listening");
    }
    let (judges, policy) = (Arc::clone(&parts.judges), Arc::clone(policy));
    let door = ScanDoor::new(&config.scan, judges, move || policy.load().score.clone());
    let router = router(Arc::new(door.map_err(|why| anyhow::anyhow!("scan.password_file: {why}"))?));
    let bounds = PlainBounds {
        header: config.scan.header_timeout,
        answer: config.scan.request_timeout,
        max_connections: config.scan.max_connections,
    };
    Ok(tokio::spawn(async move { admin::serve_scan(router, bounds, listeners, drained(draining)).await }))
}
