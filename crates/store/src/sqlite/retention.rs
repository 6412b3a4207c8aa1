//! Forgetting what is old, in steps: each takes a bounded number of rows away in a transaction of its own, so that a block that
//! trips meanwhile waits for one step and not for a million rows.

use std::thread;
use std::time::Duration;

use limits::{Pruned, StoreError};
use model::{Shelf, Timestamp};
use rusqlite::{Connection, OptionalExtension, Result, params};

use super::{SqliteStore, bound};

/// Rows of a step of those who don't say how many.
pub(super) const STEP: usize = 1000;
/// Between two such steps: the lock of the connection is not fair, and whoever waits for it has to wake first.
const BREATH: Duration = Duration::from_millis(10);

/// Released blocks with all that belongs to them, what no block belongs to, and counters.
pub(super) fn prune(
    connection: &Connection,
    blocks_before: Timestamp,
    counters_before: Timestamp,
    most: usize,
) -> Result<Pruned> {
    let step = Step::begin(connection, most);
    step.blocks(blocks_before)?;
    step.delete(TICKETS, blocks_before)?;
    step.delete(HAPPENINGS, blocks_before)?;
    step.delete(COUNTERS, counters_before)?;
    Ok(step.end())
}

/// Snapshots of what was seen; what must survive stays.
pub(super) fn prune_kept(connection: &Connection, before: Timestamp, most: usize) -> Result<Pruned> {
    let step = Step::begin(connection, most);
    let sql = "DELETE FROM kept WHERE shelf = ?1 AND name IN
        (SELECT name FROM kept WHERE shelf = ?1 AND at < ?2 LIMIT ?3)";
    for shelf in Shelf::ALL.iter().filter(|shelf| !shelf.must_survive()) {
        connection.prepare_cached(sql)?.execute(params![shelf.as_str(), before.0, bound(step.left())])?;
    }
    Ok(step.end())
}

const OLDEST: &str = "SELECT reference FROM blocks INDEXED BY blocks_over
    WHERE state = 'unblocked' AND coalesce(released_at, since) < ?1 ORDER BY coalesce(released_at, since) LIMIT 1";

const EVIDENCE: &str = "DELETE FROM evidence WHERE id IN (SELECT id FROM evidence WHERE block = ?1 LIMIT ?2)";

/// Those without a block.
const TICKETS: &str = "DELETE FROM tickets WHERE id IN
    (SELECT id FROM tickets WHERE block IS NULL AND NOT open AND updated < ?1 LIMIT ?2)";

/// What is told of nothing that is kept.
const HAPPENINGS: &str = "DELETE FROM happenings WHERE number IN
    (SELECT number FROM happenings WHERE block IS NULL AND at < ?1
        AND (ticket IS NULL OR ticket NOT IN (SELECT id FROM tickets)) LIMIT ?2)";

const COUNTERS: &str = "DELETE FROM counters WHERE (kind, subject) IN
    (SELECT kind, subject FROM counters WHERE at < ?1 LIMIT ?2)";

/// How much of a step is left.
struct Step<'a> {
    connection: &'a Connection,
    /// Rows that the connection had changed before.
    before: u64,
    most: usize,
}

impl<'a> Step<'a> {
    fn begin(connection: &'a Connection, most: usize) -> Self {
        Self { connection, before: connection.total_changes(), most }
    }

    /// Rows that may still go; what goes with another row counts, too.
    fn left(&self) -> usize {
        let gone = self.connection.total_changes().saturating_sub(self.before);
        self.most.saturating_sub(usize::try_from(gone).unwrap_or(usize::MAX))
    }

    fn end(&self) -> Pruned {
        if self.left() > 0 { Pruned::All } else { Pruned::More }
    }

    fn delete(&self, sql: &str, before: Timestamp) -> Result<()> {
        self.connection.prepare_cached(sql)?.execute(params![before.0, bound(self.left())]).map(|_| ())
    }

    /// Block after block, the flagged messages first: of those there may be many, of everything else there are few.
    fn blocks(&self, before: Timestamp) -> Result<()> {
        let mut oldest = self.connection.prepare_cached(OLDEST)?;
        while self.left() > 0 {
            let over = oldest.query_row([before.0], |row| row.get::<_, String>(0)).optional()?;
            let Some(reference) = over else { break };
            self.connection.prepare_cached(EVIDENCE)?.execute(params![reference, bound(self.left())])?;
            if self.left() > 0 {
                self.connection.prepare_cached("DELETE FROM blocks WHERE reference = ?1")?.execute([reference])?;
            }
        }
        Ok(())
    }
}

impl SqliteStore {
    /// Repeats a deletion of so many rows, which tells how many there were, until there are fewer.
    #[expect(clippy::disallowed_methods, reason = "there is nothing to wait for: the lock is left to others")]
    pub(super) fn in_steps(
        &self,
        most: usize,
        delete: impl Fn(&Connection, i64) -> Result<usize>,
    ) -> std::result::Result<(), StoreError> {
        loop {
            if self.telling(|connection| delete(connection, bound(most)))? < most {
                return Ok(());
            }
            thread::sleep(BREATH);
        }
    }

    /// Forgets rows by their time: `?1` is that time, `?2` the most that may go at once.
    pub(super) fn forget(&self, sql: &str, before: Timestamp) -> std::result::Result<(), StoreError> {
        self.in_steps(STEP, |connection, most| connection.prepare_cached(sql)?.execute(params![before.0, most]))
    }
}
