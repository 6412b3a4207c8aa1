//! The end that every listener waits for.

use tokio::sync::watch;

/// Resolves when the daemon drains.
pub(super) async fn drained(mut draining: watch::Receiver<bool>) {
    // The sender lives as long as the app; its end is an end too.
    let _ = draining.wait_for(|stop| *stop).await;
}
