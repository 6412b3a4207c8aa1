//! What was written last, taken up again at a start: blocks and counters, what was seen before, keys and users, customers, what operators taught.

use std::path::Path;
use std::sync::Arc;

use access::Gate;
use anyhow::Context;
use customers::registry::Registry;
use customers::{Directory, LiveDirectory};
use limits::{Ledger, LockoutStore, Lockouts, Store};
use model::{Clock, EventSink, Shelf};
use pipeline::{Blocking, Exemptions, LessonError, Lessons, Logins};
use recall::Recall;
use store::{KeyFile, SqliteStore, Writer};
use webhooks::Webhooks;

use super::journal::StoreLocks;
use crate::clock::entropy;
use crate::config::Config;

/// The exemptions in force, as they were written last.
pub(super) fn exemptions(store: &Arc<SqliteStore>, clock: &dyn Clock) -> anyhow::Result<Arc<Exemptions>> {
    let exemptions = Arc::new(Exemptions::default());
    exemptions.refresh(&**store, clock.now())?;
    Ok(exemptions)
}

/// Keys, users and links, as they were written last.
pub(super) fn gate(
    config: &Config,
    store: &Arc<SqliteStore>,
    clock: &Arc<dyn Clock>,
    events: &Arc<dyn EventSink>,
) -> anyhow::Result<Gate> {
    let keys = Arc::new(KeyFile::new(&config.store.path));
    Gate::open(&config.web, Arc::clone(store) as _, keys, Arc::clone(clock), Arc::clone(events)).context("site.keys")
}

/// The customers of the file and of the store, before those of the provider's directory.
pub(super) fn registry(
    config: &Config,
    base: Arc<Directory>,
    store: &Arc<SqliteStore>,
    clock: &Arc<dyn Clock>,
) -> anyhow::Result<Registry> {
    Ok(Registry::open(Arc::clone(store) as _, base, config.rule_names(), Arc::clone(clock))?)
}

/// Blocks, strikes and counters as they were written last.
pub(super) fn restored(
    config: &Config,
    live: &LiveDirectory,
    store: &SqliteStore,
    clock: &dyn Clock,
) -> anyhow::Result<Ledger> {
    let now = clock.now();
    let ledger = Ledger::new(config.rules_over(live.clone()), entropy);
    let memory = config.blocks.strike_memory.max(config.blocks.customer_release_window);
    let blocks = store.load_blocks(now.before(memory))?;
    let counters = store.load_counters(now.before(config.store.keep_counters))?;
    let active = blocks.iter().filter(|block| block.is_active()).count();
    tracing::info!(blocks = active, counters = counters.len(), path = %config.store.path.display(), "state restored");
    ledger.restore(blocks, counters, now);
    Ok(ledger)
}

/// What was seen before, as it was written last.
pub(super) fn remembered(config: &Config, store: &SqliteStore) -> anyhow::Result<Recall> {
    let recall = Recall::new(&config.recall);
    for shelf in Shelf::ALL {
        recall.restore(store.load_kept(*shelf)?);
    }
    Ok(recall)
}

/// Failed logins: locks as they were written last, counts from nothing.
pub(super) fn logins(
    config: &Config,
    (store, writer, webhooks): (&Arc<SqliteStore>, &Arc<Writer>, &Webhooks),
    ledger: &Arc<Ledger>,
    blocking: &Blocking,
    clock: &Arc<dyn Clock>,
) -> anyhow::Result<Logins> {
    let lockouts = Arc::new(Lockouts::new(&config.lockout));
    let (writer, webhooks) = (Arc::clone(writer), webhooks.clone());
    let journal = Arc::new(StoreLocks { writer, store: Arc::clone(store) as _, webhooks });
    let logins = Logins::new(lockouts, Arc::clone(ledger), journal, blocking.events(), Arc::clone(clock));
    logins.restore(LockoutStore::lockouts(&**store)?);
    Ok(logins)
}

/// What operators taught. A damaged file is put aside: mail goes on without it, and whoever reads the log knows.
pub(super) fn lessons(directory: &Path) -> anyhow::Result<Lessons> {
    match Lessons::open(directory) {
        Err(error @ LessonError::Correction(_)) => {
            let aside = Lessons::set_aside(directory)?;
            tracing::error!("{error}; it was moved to {}, and earlier corrections are not known", aside.display());
            Ok(Lessons::open(directory)?)
        }
        opened => Ok(opened?),
    }
}
