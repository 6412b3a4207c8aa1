//! Letters behind the first of a block, what is owed in letters about many, and how far the digest is.

use customers::ticket::MAX_LETTERS;
use limits::{AlertJob, Before, FollowUpStore, LetterKind, Matter, StoreError, farewell};
use model::{Block, BlockRef, BlockState, Timestamp};
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

use super::{SqliteStore, bound, rows};

type Told<T> = std::result::Result<T, StoreError>;

/// Queues a letter behind those that there are about the same; whether there is one. A block without its first letter tells
/// nobody anything: alerts were off.
pub(super) fn queue(connection: &Connection, about: &Matter, kind: LetterKind, at: Timestamp) -> Result<bool> {
    let name = about.to_string();
    let count = "SELECT max(number) FROM letters WHERE about = ?1";
    let last: Option<u32> = connection.prepare_cached(count)?.query_row([&name], |row| row.get(0))?;
    let Some(last) = last.filter(|last| *last < MAX_LETTERS) else { return Ok(false) };
    let sql = format!("SELECT {} FROM letters WHERE about = ?1 AND number = 0", rows::LETTER);
    let first = connection.prepare_cached(&sql)?.query_row([&name], rows::letter).optional()?;
    let Some(first) = first else { return Ok(false) };
    rows::put_letter(connection, &first.follow_up(last + 1, kind, at))?;
    Ok(true)
}

/// The first letter about a block is due once more; without one, alerts were off.
pub(super) fn renew(connection: &Connection, block: &BlockRef, at: Timestamp) -> Result<()> {
    let sql = format!("SELECT {} FROM letters WHERE about = ?1 AND number = 0", rows::LETTER);
    let first = connection.prepare_cached(&sql)?.query_row([block.as_str()], rows::letter).optional()?;
    first.map_or(Ok(()), |first| rows::put_letter(connection, &first.renewed(at)))
}

/// The block was written as it is now: when it has just ended, that is told.
pub(super) fn follow(connection: &Connection, block: &Block, before: Option<Before>) -> Result<()> {
    match farewell(block) {
        Some((kind, at)) if before.map(|before| before.state) != Some(BlockState::Unblocked) => {
            queue(connection, &Matter::Block(block.reference.clone()), kind, at).map(|_| ())
        }
        _ => Ok(()),
    }
}

fn has(connection: &Connection, block: &BlockRef, kind: &LetterKind) -> Result<bool> {
    let sql = "SELECT 1 FROM letters WHERE about = ?1 AND kind = ?2";
    connection.prepare_cached(sql)?.exists(params![block.as_str(), rows::json(kind)?])
}

fn is_active(connection: &Connection, block: &BlockRef) -> Result<bool> {
    let sql = "SELECT 1 FROM blocks WHERE reference = ?1 AND state = 'blockedForSpam'";
    connection.prepare_cached(sql)?.exists([block.as_str()])
}

/// A letter and its block, side by side in a row.
fn both(row: &Row<'_>) -> Result<(AlertJob, Block)> {
    Ok((rows::letter(row)?, rows::block_at(row, rows::LETTER_COLUMNS)?))
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
                queued = queue(connection, &Matter::Block(block.clone()), kind, at)?;
            }
            Ok(())
        })?;
        Ok(queued)
    }

    fn queue_answer(&self, block: &BlockRef, kind: LetterKind, at: Timestamp) -> Told<bool> {
        self.telling(|connection| queue(connection, &Matter::Block(block.clone()), kind, at))
    }

    fn letters_of(&self, about: &Matter) -> Told<Vec<AlertJob>> {
        let sql = format!("SELECT {} FROM letters WHERE about = ?1 ORDER BY number", rows::LETTER);
        self.list(&sql, &[&about.to_string()], rows::letter)
    }

    fn update_letters(&self, letters: &[AlertJob]) -> Told<()> {
        self.write(|connection| letters.iter().try_for_each(|letter| rows::put_letter(connection, letter)))
    }

    fn owed_letters(&self) -> Told<Vec<(AlertJob, Block)>> {
        self.list(&joined("owed_customer OR owed_operators ORDER BY created, about, number"), &[], both)
    }

    fn given_up_letters(&self, since: Timestamp, limit: usize) -> Told<Vec<AlertJob>> {
        let sql = format!(
            "SELECT {} FROM letters WHERE given_up IS NOT NULL AND given_up >= ?1
             ORDER BY given_up DESC, about, number LIMIT ?2",
            rows::LETTER
        );
        self.list(&sql, &[&since.0, &bound(limit)], rows::letter)
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
