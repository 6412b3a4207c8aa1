//! Letters behind the first of a block, what is owed in letters about many, and how far the digest is.

use customers::ticket::MAX_LETTERS;
use limits::{AlertJob, FollowUpStore, LetterKind, StoreError, farewell};
use model::{Block, BlockRef, BlockState, Timestamp};
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

use super::{SqliteStore, bound, rows};

type Told<T> = std::result::Result<T, StoreError>;

/// Queues a letter behind those that the block has; whether there is one. A block without its first letter tells nobody
/// anything: alerts were off.
pub(super) fn queue(connection: &Connection, block: &BlockRef, kind: LetterKind, at: Timestamp) -> Result<bool> {
    let count = "SELECT max(number) FROM letters WHERE block = ?1";
    let last: Option<u32> = connection.prepare_cached(count)?.query_row([block.as_str()], |row| row.get(0))?;
    let Some(last) = last.filter(|last| *last < MAX_LETTERS) else { return Ok(false) };
    let sql = format!("SELECT {} FROM letters WHERE block = ?1 AND number = 0", rows::LETTER);
    let first = connection.prepare_cached(&sql)?.query_row([block.as_str()], rows::letter).optional()?;
    let Some(first) = first else { return Ok(false) };
    rows::put_letter(connection, &first.follow_up(last + 1, kind, at))?;
    Ok(true)
}

/// The block was written as it is now: when it has just ended, that is told.
pub(super) fn follow(connection: &Connection, block: &Block, before: Option<BlockState>) -> Result<()> {
    match farewell(block) {
        Some((kind, at)) if before != Some(BlockState::Unblocked) => {
            queue(connection, &block.reference, kind, at).map(|_| ())
        }
        _ => Ok(()),
    }
}

fn has(connection: &Connection, block: &BlockRef, kind: &LetterKind) -> Result<bool> {
    let sql = "SELECT 1 FROM letters WHERE block = ?1 AND kind = ?2";
    connection.prepare_cached(sql)?.exists(params![block.as_str(), rows::json(kind)?])
}

fn is_active(connection: &Connection, block: &BlockRef) -> Result<bool> {
    let sql = "SELECT 1 FROM blocks WHERE reference = ?1 AND state = 'blockedForSpam'";
    connection.prepare_cached(sql)?.exists([block.as_str()])
}

/// A letter and its block, side by side in a row.
fn both(row: &Row<'_>) -> Result<(AlertJob, Block)> {
    Ok((rows::letter(row)?, rows::block_at(row, 13)?))
}

/// Both tables have a kind.
fn of(table: &str, columns: &str) -> String {
    columns.split(',').map(|column| format!("{table}.{}", column.trim())).collect::<Vec<_>>().join(", ")
}

fn joined(chosen: &str) -> String {
    let columns = [of("letters", rows::LETTER), of("blocks", rows::BLOCK)].join(", ");
    format!("SELECT {columns} FROM letters JOIN blocks ON block = reference WHERE {chosen}")
}

impl FollowUpStore for SqliteStore {
    fn queue_letter(&self, block: &BlockRef, kind: LetterKind, at: Timestamp) -> Told<bool> {
        let mut queued = false;
        self.write(|connection| {
            if is_active(connection, block)? && !has(connection, block, &kind)? {
                queued = queue(connection, block, kind, at)?;
            }
            Ok(())
        })?;
        Ok(queued)
    }

    fn letters_of(&self, block: &BlockRef) -> Told<Vec<AlertJob>> {
        let sql = format!("SELECT {} FROM letters WHERE block = ?1 ORDER BY number", rows::LETTER);
        self.list(&sql, &[&block.as_str()], rows::letter)
    }

    fn update_letters(&self, letters: &[AlertJob]) -> Told<()> {
        self.write(|connection| letters.iter().try_for_each(|letter| rows::put_letter(connection, letter)))
    }

    fn owed_letters(&self) -> Told<Vec<(AlertJob, Block)>> {
        self.list(&joined("owed_customer OR owed_operators ORDER BY created, block, number"), &[], both)
    }

    fn given_up_letters(&self, since: Timestamp, limit: usize) -> Told<Vec<(AlertJob, Block)>> {
        let sql = joined("given_up IS NOT NULL AND given_up >= ?1 ORDER BY given_up DESC, block, number LIMIT ?2");
        self.list(&sql, &[&since.0, &bound(limit)], both)
    }

    fn digest_until(&self) -> Told<Option<Timestamp>> {
        self.one("SELECT until FROM digest", &[], |row| row.get(0).map(Timestamp))
    }

    fn digest_sent(&self, until: Timestamp, letters: &[AlertJob]) -> Told<()> {
        self.write(|connection| {
            let sql = "INSERT INTO digest VALUES (1, ?1) ON CONFLICT (id) DO UPDATE SET until = ?1";
            connection.execute(sql, [until.0])?;
            letters.iter().try_for_each(|letter| rows::put_letter(connection, letter))
        })
    }
}
