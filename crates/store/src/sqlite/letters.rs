//! What came back of letters: rows beside them.

use limits::{AlertJob, Bounce, Happening, LetterPlace, LetterStore, MAX_BOUNCES};
use model::{BlockRef, Timestamp};
use rusqlite::{OptionalExtension, Row, ToSql, params};

use super::{Result, SqliteStore, bound, deliveries, rows};

/// A known one stays; beyond the bound, and without its letter, nothing is written.
const NOTE: &str = "INSERT INTO bounces SELECT ?1, ?2, ?3, ?4, ?5, ?6
    WHERE EXISTS (SELECT 1 FROM letters WHERE block = ?1 AND number = ?2)
    AND (SELECT count(*) FROM bounces WHERE block = ?1 AND letter = ?2) < ?7
    ON CONFLICT (block, letter, recipient) DO NOTHING";

const KNOWN: &str = "SELECT 1 FROM bounces WHERE block = ?1 AND letter = ?2 AND recipient = ?3";

impl LetterStore for SqliteStore {
    fn note_bounce(&self, bounce: &Bounce) -> Result<bool> {
        let mut known = false;
        self.write(|connection| {
            let Bounce { block, letter, recipient, at, status, said } = bounce;
            let noted = params![block.as_str(), letter, recipient, at.0, status, said, bound(MAX_BOUNCES)];
            if connection.prepare_cached(NOTE)?.execute(noted)? > 0 {
                let block = rows::block_of(connection, block)?;
                deliveries::note(connection, &Happening::bounced(bounce, &block))?;
            }
            let asked = params![block.as_str(), letter, recipient];
            known = connection.prepare_cached(KNOWN)?.query_row(asked, |_| Ok(())).optional()?.is_some();
            Ok(())
        })?;
        Ok(known)
    }

    fn bounces(&self, block: Option<&BlockRef>, limit: usize) -> Result<Vec<Bounce>> {
        let all = "SELECT block, letter, recipient, at, status, said FROM bounces";
        let by = "ORDER BY at DESC, block, letter, recipient LIMIT ?1";
        match block {
            None => self.list(&format!("{all} {by}"), &[&bound(limit)], read),
            Some(block) => self.list(&format!("{all} WHERE block = ?2 {by}"), &[&bound(limit), &block.as_str()], read),
        }
    }

    fn letters(&self, limit: usize) -> Result<Vec<AlertJob>> {
        let sql = format!("SELECT {} FROM letters ORDER BY created DESC, block, number DESC LIMIT ?1", rows::LETTER);
        self.list(&sql, &[&bound(limit)], rows::letter)
    }

    fn letters_after(&self, place: &LetterPlace, limit: usize) -> Result<Vec<AlertJob>> {
        let sql = format!(
            "SELECT {} FROM letters WHERE created <= ?1
             AND (created < ?1 OR block > ?2 OR (block = ?2 AND number < ?3))
             ORDER BY created DESC, block, number DESC LIMIT ?4",
            rows::LETTER
        );
        let bound = [&place.created.0 as &dyn ToSql, &place.block.as_str(), &place.number, &bound(limit)];
        self.list(&sql, &bound, rows::letter)
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Bounce> {
    let block: String = row.get(0)?;
    Ok(Bounce {
        block: BlockRef::new(&block).ok_or_else(|| rows::unreadable(0, format!("\"{block}\" is no reference")))?,
        letter: row.get(1)?,
        recipient: row.get(2)?,
        at: Timestamp(row.get(3)?),
        status: row.get(4)?,
        said: row.get(5)?,
    })
}
