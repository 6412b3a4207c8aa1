//! What the store has written, told on.

use std::sync::Arc;
use std::time::Duration;

use limits::{HappeningLog, StoreError};
use tokio::sync::watch;

use super::{Change, Live};

/// Read from the store at one time.
const BATCH: usize = 256;
/// A look even when nobody calls: a store that failed calls nobody.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

impl Live {
    /// Tells what happens to blocks and tickets from here on, until it is dropped. `woken` says that something may have
    /// happened. What a store tells that fails is told when it works again.
    pub async fn follow(self: Arc<Self>, log: Arc<dyn HappeningLog>, mut woken: watch::Receiver<()>) {
        let mut seen = None;
        loop {
            woken.mark_unchanged();
            let (live, log) = (Arc::clone(&self), Arc::clone(&log));
            // The store's failures are told by its writer.
            let looked = tokio::task::spawn_blocking(move || {
                let _ = live.look(&*log, &mut seen);
                seen
            });
            seen = looked.await.unwrap_or(seen);
            if tokio::time::timeout(LOOK_AGAIN, woken.changed()).await.is_ok_and(|changed| changed.is_err()) {
                return;
            }
        }
    }

    /// Tells what happened behind the number `seen` and moves that; nothing the first time. Blocks the thread on the store.
    ///
    /// # Errors
    /// When the store fails; what was not told is told by the next call.
    pub fn look(&self, log: &dyn HappeningLog, seen: &mut Option<u64>) -> Result<(), StoreError> {
        loop {
            let Some(from) = *seen else {
                *seen = Some(log.latest_happening()?);
                return Ok(());
            };
            let batch = log.happenings_after(from, BATCH)?;
            *seen = batch.last().map_or(*seen, |last| Some(last.number));
            let is_last = batch.len() < BATCH;
            batch.into_iter().for_each(|happening| self.tell(Change::from(happening)));
            if is_last {
                return Ok(());
            }
        }
    }
}
