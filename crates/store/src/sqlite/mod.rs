//! The default store: one SQLite file in WAL mode, one connection that writes, a few that read.
//!
//! Every `Ok` is a committed transaction under `synchronous=FULL`. A write that fails leaves nothing behind, so that it
//! may be tried again as it is.

mod access;
mod answers;
mod archive;
mod customers;
mod deliveries;
mod diagnoses;
mod error;
mod files;
mod follow_ups;
mod happening_log;
mod letters;
mod lockouts;
#[cfg(test)]
mod plans;
mod pool;
mod reports;
mod retention;
mod rows;
mod schema;
mod tickets;

use std::fs::File;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use limits::{AlertJob, Before, Pruned, Snapshot, Store, StoreError};
use model::{Block, BlockRef, Evidence, Kept, Shelf, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, ToSql};

use error::said;
use pool::Readers;

type Result<T> = std::result::Result<T, StoreError>;

/// State in `portreeve.sqlite` in a directory of its own.
pub struct SqliteStore {
    readers: Readers,
    /// `None` when it was opened for reading only.
    writer: Option<Mutex<Connection>>,
    /// Held, not used: nobody else writes meanwhile.
    _lock: Option<File>,
}

impl SqliteStore {
    /// Opens the store in `directory` for reading and writing; makes what is missing and brings the tables up to date.
    ///
    /// # Errors
    /// When the directory can't be used, another process works in it, or the file is damaged or of a newer version.
    pub fn open(directory: &Path) -> Result<Self> {
        let lock = files::occupy(directory)?;
        let path = files::database(directory);
        let mut connection = files::open_writer(&path)?;
        schema::migrate(&mut connection)?;
        Ok(Self { readers: Readers::new(path), writer: Some(Mutex::new(connection)), _lock: Some(lock) })
    }

    /// Opens the store for reading, while the daemon runs or not. Every write is refused.
    ///
    /// # Errors
    /// When there is no store in `directory`, or it can't be read.
    pub fn open_read_only(directory: &Path) -> Result<Self> {
        let path = files::database(directory);
        if !path.exists() {
            return Err(StoreError::Other(format!("there is none in {} yet", directory.display())));
        }
        let readers = Readers::new(path);
        readers.with(schema::check)?;
        Ok(Self { readers, writer: None, _lock: None })
    }

    /// Bounds the file to so many pages of 4096 bytes, as a full disk would; for tests.
    #[doc(hidden)]
    pub fn limit_pages(&self, pages: u32) -> Result<()> {
        let connection = self.writer()?;
        connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).map_err(said)
    }

    /// Whether what was written is on disk before a call returns; for benches that fill a store.
    #[doc(hidden)]
    pub fn sync(&self, durably: bool) -> Result<()> {
        self.writer()?.pragma_update(None, "synchronous", if durably { "FULL" } else { "OFF" }).map_err(said)
    }

    /// Refuses writes, as a read-only file system would; for tests.
    #[doc(hidden)]
    pub fn refuse_writes(&self, refused: bool) -> Result<()> {
        self.writer()?.pragma_update(None, "query_only", refused).map_err(said)
    }

    /// A panic under the lock has rolled its transaction back: the connection is sound.
    fn writer(&self) -> Result<MutexGuard<'_, Connection>> {
        let writer = self.writer.as_ref().ok_or_else(|| StoreError::ReadOnly("it was opened for reading".into()))?;
        Ok(writer.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// All or nothing. Immediate: a busy database is noticed before anything is done.
    fn write(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<()>) -> Result<()> {
        self.telling(work)
    }

    /// A write that has something to tell.
    fn telling<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T> {
        let mut connection = self.writer()?;
        let begun = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate);
        let transaction = begun.map_err(said)?;
        let told = work(&transaction).map_err(said)?;
        transaction.commit().map_err(said)?;
        Ok(told)
    }

    fn list<T>(&self, sql: &str, bound: &[&dyn ToSql], read: fn(&Row<'_>) -> rusqlite::Result<T>) -> Result<Vec<T>> {
        self.readers.with(|connection| {
            let mut statement = connection.prepare_cached(sql).map_err(said)?;
            let rows = statement.query_map(bound, read).map_err(said)?;
            rows.collect::<rusqlite::Result<_>>().map_err(said)
        })
    }

    fn one<T>(&self, sql: &str, bound: &[&dyn ToSql], read: fn(&Row<'_>) -> rusqlite::Result<T>) -> Result<Option<T>> {
        self.readers.with(|connection| {
            connection.prepare_cached(sql).and_then(|mut found| found.query_row(bound, read).optional()).map_err(said)
        })
    }
}

impl Store for SqliteStore {
    fn open_block(&self, block: &Block, evidence: &[Evidence], alert: Option<&AlertJob>) -> Result<()> {
        self.write(|connection| {
            if let Some(before) = deliveries::change_block(connection, block)? {
                return go_on(connection, block, Some(before));
            }
            evidence.iter().try_for_each(|evidence| rows::add_evidence(connection, &block.reference, evidence))?;
            alert.map_or(Ok(()), |alert| rows::put_letter(connection, alert))?;
            tickets::open(connection, block)
        })
    }

    fn update_block(&self, block: &Block) -> Result<()> {
        self.write(|connection| {
            let before = deliveries::change_block(connection, block)?;
            go_on(connection, block, before)
        })
    }

    fn add_evidence(&self, block: &BlockRef, evidence: &[Evidence]) -> Result<()> {
        self.write(|connection| {
            evidence.iter().try_for_each(|evidence| rows::add_evidence(connection, block, evidence))
        })
    }

    fn load_blocks(&self, since: Timestamp) -> Result<Vec<Block>> {
        let sql = format!(
            "SELECT {columns} FROM (
                SELECT *, row_number() OVER (PARTITION BY kind, subject ORDER BY since DESC, reference DESC) AS nth,
                    row_number() OVER (PARTITION BY kind, subject
                        ORDER BY coalesce(released_at, since) >= ?1 DESC, strike DESC, since DESC, reference DESC) AS rank
                FROM blocks
             ) WHERE state <> 'unblocked' OR (1 IN (nth, rank) AND coalesce(released_at, since) >= ?1)
                OR (quota IS NOT NULL AND released_by = 'time' AND released_at >= ?1) ORDER BY since, reference",
            columns = rows::BLOCK
        );
        self.list(&sql, &[&since.0], rows::block)
    }

    fn block(&self, reference: &BlockRef) -> Result<Option<Block>> {
        let sql = format!("SELECT {} FROM blocks WHERE reference = ?1", rows::BLOCK);
        self.one(&sql, &[&reference.as_str()], rows::block)
    }

    fn blocks(&self, only_active: bool, limit: usize) -> Result<Vec<Block>> {
        let chosen = if only_active { "WHERE state = 'blockedForSpam'" } else { "" };
        let sql = format!("SELECT {} FROM blocks {chosen} ORDER BY since DESC, reference DESC LIMIT ?1", rows::BLOCK);
        self.list(&sql, &[&bound(limit)], rows::block)
    }

    fn evidence(&self, reference: &BlockRef, limit: usize) -> Result<Vec<Evidence>> {
        let sql = "SELECT record FROM evidence WHERE block = ?1 ORDER BY at, id LIMIT ?2";
        self.list(sql, &[&reference.as_str(), &bound(limit)], rows::evidence)
    }

    fn set_destinations(&self, reference: &BlockRef, evidence: &[Evidence]) -> Result<()> {
        self.write(|connection| evidence.iter().try_for_each(|one| rows::set_destination(connection, reference, one)))
    }

    fn save_counters(&self, snapshots: &[Snapshot]) -> Result<()> {
        self.write(|connection| snapshots.iter().try_for_each(|snapshot| rows::put_counters(connection, snapshot)))
    }

    fn load_counters(&self, since: Timestamp) -> Result<Vec<Snapshot>> {
        let sql = "SELECT kind, subject, at, record FROM counters WHERE at >= ?1";
        self.list(sql, &[&since.0], rows::counters)
    }

    fn save_kept(&self, records: &[Kept]) -> Result<()> {
        self.write(|connection| records.iter().try_for_each(|kept| rows::put_kept(connection, kept)))
    }

    fn load_kept(&self, shelf: Shelf) -> Result<Vec<Kept>> {
        let sql = "SELECT shelf, name, at, record FROM kept WHERE shelf = ?1 ORDER BY at, name";
        self.list(sql, &[&shelf.as_str()], rows::kept)
    }

    fn forget_kept(&self, shelf: Shelf, name: &str) -> Result<()> {
        let sql = "DELETE FROM kept WHERE shelf = ?1 AND name = ?2";
        self.write(|connection| connection.execute(sql, [shelf.as_str(), name]).map(|_| ()))
    }

    fn prune_kept(&self, before: Timestamp, most: usize) -> Result<Pruned> {
        self.telling(|connection| retention::prune_kept(connection, before, most))
    }

    fn pending_alerts(&self) -> Result<Vec<AlertJob>> {
        let sql = format!(
            "SELECT {} FROM letters WHERE sent IS NULL AND given_up IS NULL ORDER BY due, about, number",
            rows::LETTER
        );
        self.list(&sql, &[], rows::letter)
    }

    fn update_alert(&self, alert: &AlertJob) -> Result<()> {
        self.write(|connection| rows::put_letter(connection, alert))
    }

    fn alert(&self, block: &BlockRef) -> Result<Option<AlertJob>> {
        let sql = format!("SELECT {} FROM letters WHERE about = ?1 AND number = 0", rows::LETTER);
        self.one(&sql, &[&block.as_str()], rows::letter)
    }

    fn prune(&self, blocks_before: Timestamp, counters_before: Timestamp, most: usize) -> Result<Pruned> {
        self.telling(|connection| retention::prune(connection, blocks_before, counters_before, most))
    }

    fn probe(&self) -> Result<()> {
        self.write(|connection| {
            let sql = "INSERT INTO probe VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET count = count + 1";
            connection.prepare_cached(sql)?.execute([]).map(|_| ())
        })?;
        self.one("SELECT count FROM probe", &[], |row| row.get::<_, i64>(0)).map(|_| ())
    }
}

/// What follows from a block's being written as it is now.
fn go_on(connection: &Connection, block: &Block, before: Option<Before>) -> rusqlite::Result<()> {
    if let Some(at) = before.and_then(|before| before.adopted_by(block)) {
        tickets::open(connection, block)?;
        follow_ups::renew(connection, &block.reference, at)?;
    }
    tickets::follow(connection, block)?;
    follow_ups::follow(connection, block, before)
}

fn bound(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
