//! Connections that read: made when they are needed, a few kept.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use limits::StoreError;
use rusqlite::Connection;

use super::files;

/// More than this are closed after use: readers are the console, the command line and the outbox.
const KEPT: usize = 4;

/// The readers of one database.
pub(super) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, idle: Mutex::default() }
    }

    /// Lends a connection. One that met an error is not used again.
    pub(super) fn with<T>(&self, work: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let connection = match self.take() {
            Some(connection) => connection,
            None => files::open_reader(&self.path)?,
        };
        let done = work(&connection)?;
        self.keep(connection);
        Ok(done)
    }

    fn take(&self) -> Option<Connection> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn keep(&self, connection: Connection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < KEPT {
            idle.push(connection);
        }
    }
}
