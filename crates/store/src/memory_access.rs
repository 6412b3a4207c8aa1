//! Access without a disk: for tests. Same contract as the one on disk, but for survival.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use access::{AccessStore, AnswerStore, AuditEntry, AuditQuery, CallName, Drawer, KeptCall, KeyStore, Noted};
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
    calls: BTreeMap<(String, String), (Timestamp, KeptCall)>,
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

fn named(name: &CallName) -> (String, String) {
    (name.caller.clone(), name.key.clone())
}

impl AnswerStore for MemoryAccess {
    fn begin_call(&self, name: &CallName, request: &str, at: Timestamp, most: usize) -> Result<Noted> {
        let calls = &mut self.state().calls;
        if let Some((_, kept)) = calls.get(&named(name)) {
            return Ok(Noted::Before(kept.clone()));
        }
        if calls.keys().filter(|(caller, _)| *caller == name.caller).count() >= most {
            return Ok(Noted::Full);
        }
        calls.insert(named(name), (at, KeptCall { request: request.to_owned(), answer: None }));
        Ok(Noted::New)
    }

    fn answer_call(&self, name: &CallName, answer: &[u8]) -> Result<()> {
        if let Some((_, kept)) = self.state().calls.get_mut(&named(name)) {
            kept.answer = Some(answer.to_owned());
        }
        Ok(())
    }

    fn withdraw_call(&self, name: &CallName) -> Result<()> {
        self.state().calls.remove(&named(name));
        Ok(())
    }

    fn prune_calls(&self, before: Timestamp) -> Result<()> {
        self.state().calls.retain(|_, (begun, _)| *begun >= before);
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
