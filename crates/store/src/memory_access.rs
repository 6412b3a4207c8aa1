//! Access without a disk: for tests. Same contract as the one on disk, but for survival.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use access::{AccessStore, AuditEntry, AuditQuery, Drawer, KeyStore};
use limits::StoreError;
use model::Timestamp;

type Result<T> = std::result::Result<T, StoreError>;

/// Everything in maps.
#[derive(Default)]
pub struct MemoryAccess(Mutex<State>);

#[derive(Default)]
struct State {
    records: BTreeMap<(Drawer, String), (Timestamp, String)>,
    audit: Vec<AuditEntry>,
    /// The number of the latest line.
    last: u64,
    keys: Option<String>,
}

impl MemoryAccess {
    /// No call leaves the maps half changed, so a panic elsewhere under the lock does no harm.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AccessStore for MemoryAccess {
    fn put(&self, drawer: Drawer, name: &str, at: Timestamp, record: &str) -> Result<()> {
        self.state().records.insert((drawer, name.to_owned()), (at, record.to_owned()));
        Ok(())
    }

    fn record(&self, drawer: Drawer, name: &str) -> Result<Option<String>> {
        Ok(self.state().records.get(&(drawer, name.to_owned())).map(|(_, record)| record.clone()))
    }

    fn records(&self, drawer: Drawer, limit: usize) -> Result<Vec<(String, String)>> {
        let state = self.state();
        let of_it = state.records.iter().filter(|((found, _), _)| *found == drawer);
        Ok(of_it.map(|((_, name), (_, record))| (name.clone(), record.clone())).take(limit).collect())
    }

    fn remove(&self, drawer: Drawer, name: &str) -> Result<bool> {
        Ok(self.state().records.remove(&(drawer, name.to_owned())).is_some())
    }

    fn prune_records(&self, drawer: Drawer, before: Timestamp) -> Result<()> {
        self.state().records.retain(|(found, _), (at, _)| *found != drawer || *at >= before);
        Ok(())
    }

    fn note(&self, entry: &AuditEntry) -> Result<()> {
        let mut state = self.state();
        state.last += 1;
        let id = state.last;
        state.audit.push(AuditEntry { id, ..entry.clone() });
        Ok(())
    }

    fn notes(&self, query: &AuditQuery) -> Result<Vec<AuditEntry>> {
        let state = self.state();
        Ok(state.audit.iter().rev().filter(|entry| query.wants(entry)).take(query.bound()).cloned().collect())
    }

    fn prune_notes(&self, before: Timestamp) -> Result<()> {
        self.state().audit.retain(|entry| entry.at >= before);
        Ok(())
    }
}

impl KeyStore for MemoryAccess {
    fn load(&self) -> io::Result<Option<String>> {
        Ok(self.state().keys.clone())
    }

    fn save(&self, text: &str) -> io::Result<()> {
        self.state().keys = Some(text.to_owned());
        Ok(())
    }
}
