//! Stopping with manners: no new connections, idle ones closed, messages in progress brought to their end.

use tokio::sync::watch;

/// Tells connections that the daemon wants to stop.
#[derive(Debug, Clone)]
pub struct Drain(watch::Receiver<bool>);

impl Drain {
    /// Draining starts when the value becomes true, or when its sender is dropped.
    pub fn new(wish: watch::Receiver<bool>) -> Self {
        Self(wish)
    }

    /// Whether draining has started.
    pub fn has_started(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }

    /// Waits for the start.
    pub async fn started(&mut self) {
        // The error is that of a dropped sender: nobody is left who could say anything else.
        let _ = self.0.wait_for(|wished| *wished).await;
    }
}
