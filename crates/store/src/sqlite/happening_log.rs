//! What happened, by number.

use limits::{Happening, HappeningLog, StoreError};

use super::deliveries::{happening, key};
use super::{SqliteStore, bound};

impl HappeningLog for SqliteStore {
    fn latest_happening(&self) -> Result<u64, StoreError> {
        let sql = "SELECT seq FROM sqlite_sequence WHERE name = 'happenings'";
        let latest = self.one(sql, &[], |row| row.get::<_, i64>(0))?;
        Ok(latest.and_then(|latest| u64::try_from(latest).ok()).unwrap_or(0))
    }

    fn happenings_after(&self, number: u64, limit: usize) -> Result<Vec<Happening>, StoreError> {
        let sql = "SELECT number, kind, at, record FROM happenings WHERE number > ?1 ORDER BY number LIMIT ?2";
        self.list(sql, &[&key(number), &bound(limit)], |row| happening(row, 0))
    }
}
