//! The directory, its lock, and how connections are opened.
//!
//! The directory is made for its owner only: evidence tells who wrote to whom. One process writes; the lock is the
//! kernel's and goes with the process, so a crash leaves nothing to clean up.

use std::fs::{DirBuilder, File, TryLockError};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use limits::StoreError;
use rusqlite::{Connection, OpenFlags};

use super::error::said;

/// A command that reads while the daemon writes waits no longer than this.
const BUSY: Duration = Duration::from_secs(5);

/// The database inside the directory.
pub(super) fn database(directory: &Path) -> PathBuf {
    directory.join("portreeve.sqlite")
}

/// Makes the directory and takes the lock; it is held as long as the file is open.
pub(super) fn occupy(directory: &Path) -> Result<File, StoreError> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(directory);
    made.map_err(|error| refused(&error, format!("{} can't be made: {error}", directory.display())))?;
    let path = directory.join("portreeve.lock");
    let lock = File::options().create(true).truncate(false).write(true).open(&path);
    let lock = lock.map_err(|error| refused(&error, format!("{} can't be written: {error}", path.display())))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => {
            Err(StoreError::Other(format!("another process of Portreeve works in {}", directory.display())))
        }
        Err(TryLockError::Error(error)) => Err(refused(&error, format!("{} can't be locked: {error}", path.display()))),
    }
}

fn refused(error: &io::Error, text: String) -> StoreError {
    match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => StoreError::ReadOnly(text),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::Full(text),
        _ => StoreError::Other(text),
    }
}

/// The connection that writes. `FULL`: a commit that returned survives power loss, not only a crash.
pub(super) fn open_writer(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = open(path, flags)?;
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0)).map_err(said)?;
    if mode != "wal" {
        return Err(StoreError::Other(format!("{} is on a file system that can't do WAL", path.display())));
    }
    for (pragma, value) in [("synchronous", "FULL"), ("foreign_keys", "ON"), ("journal_size_limit", "16777216")] {
        connection.pragma_update(None, pragma, value).map_err(said)?;
    }
    Ok(connection)
}

/// A connection that only reads; it sees what was committed and never holds up the writer.
pub(super) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    open(path, flags)
}

fn open(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(path, flags).map_err(said)?;
    #[cfg(test)]
    let connection = super::plans::watched(connection);
    connection.busy_timeout(BUSY).map_err(said)?;
    Ok(connection)
}
