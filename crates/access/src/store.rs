//! What is kept of access, wherever it is kept.

use limits::StoreError;
use model::Timestamp;

use crate::audit::{AuditEntry, AuditQuery};

settings::choice! {
    /// What a record is.
    pub enum Drawer {
        /// Keys of the native API, by the hash of their token.
        Keys = "keys",
        /// Applications, by their key.
        Applications = "applications",
        /// Consumer keys, by their hash.
        Credentials = "credentials",
        /// Users, by their name.
        Users = "users",
        /// Sessions, by the hash of their id.
        Sessions = "sessions",
        /// When links were revoked, by block; "*" for all.
        Revocations = "revocations",
    }
}

/// Records by drawer and name, and the audit log. Calls block; every call that returns `Ok` is durable.
pub trait AccessStore: Send + Sync {
    /// Writes a record, over an older one of its name. `at` is what it is pruned by.
    fn put(&self, drawer: Drawer, name: &str, at: Timestamp, record: &str) -> Result<(), StoreError>;
    /// The record of that name.
    fn record(&self, drawer: Drawer, name: &str) -> Result<Option<String>, StoreError>;
    /// Names and records of a drawer, by name; at most `limit`.
    fn records(&self, drawer: Drawer, limit: usize) -> Result<Vec<(String, String)>, StoreError>;
    /// Takes a record out; whether there was one.
    fn remove(&self, drawer: Drawer, name: &str) -> Result<bool, StoreError>;
    /// Takes out the drawer's records that are older.
    fn prune_records(&self, drawer: Drawer, before: Timestamp) -> Result<(), StoreError>;
    /// Writes a line of the audit log; its number is the store's.
    fn note(&self, entry: &AuditEntry) -> Result<(), StoreError>;
    /// Lines of the audit log, latest first.
    fn notes(&self, query: &AuditQuery) -> Result<Vec<AuditEntry>, StoreError>;
    /// Forgets lines that are older.
    fn prune_notes(&self, before: Timestamp) -> Result<(), StoreError>;
}

/// Where the site's own keys are kept: a file of its own, so that a copy of the database signs nothing.
pub trait KeyStore: Send + Sync {
    /// The text kept last; `None` when there is none yet.
    fn load(&self) -> std::io::Result<Option<String>>;
    /// Keeps a text; when this returns, it is on disk.
    fn save(&self, text: &str) -> std::io::Result<()>;
}
