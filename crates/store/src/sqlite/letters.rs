//! Letters by time, and what came back of them: rows beside them.

use limits::{AlertJob, Bounce, Happening, LetterPlace, LetterState, LetterStore, MAX_BOUNCES, Matter};
use model::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params};

use super::{Result, SqliteStore, bound, deliveries, rows, tickets};

/// A known one stays; beyond the bound, and without its letter, nothing is written.
const NOTE: &str = "INSERT INTO bounces SELECT ?1, ?2, ?3, ?4, ?5, ?6
    WHERE EXISTS (SELECT 1 FROM letters WHERE about = ?1 AND number = ?2)
    AND (SELECT count(*) FROM bounces WHERE about = ?1 AND letter = ?2) < ?7
    ON CONFLICT (about, letter, recipient) DO NOTHING";

const HAS_BOUNCED: &str = "UPDATE letters SET bounced = 1 WHERE about = ?1 AND number = ?2";

const KNOWN: &str = "SELECT 1 FROM bounces WHERE about = ?1 AND letter = ?2 AND recipient = ?3";

/// What it means that a letter came back; nothing about a ticket that is gone.
fn happened(connection: &Connection, bounce: &Bounce) -> rusqlite::Result<Option<Happening>> {
    match &bounce.about {
        Matter::Block(block) => Ok(Some(Happening::bounced(bounce, &rows::block_of(connection, block)?))),
        Matter::Ticket(id) => Ok(tickets::find(connection, *id)?.map(|ticket| ticket.has_bounced(bounce))),
    }
}

impl LetterStore for SqliteStore {
    fn note_bounce(&self, bounce: &Bounce) -> Result<bool> {
        let mut known = false;
        self.write(|connection| {
            let Bounce { about, letter, recipient, at, status, said } = bounce;
            let about = about.to_string();
            let noted = params![about, letter, recipient, at.0, status, said, bound(MAX_BOUNCES)];
            if connection.prepare_cached(NOTE)?.execute(noted)? > 0 {
                connection.prepare_cached(HAS_BOUNCED)?.execute(params![about, letter])?;
                if let Some(happened) = happened(connection, bounce)? {
                    deliveries::note(connection, &happened)?;
                }
            }
            let asked = params![about, letter, recipient];
            known = connection.prepare_cached(KNOWN)?.query_row(asked, |_| Ok(())).optional()?.is_some();
            Ok(())
        })?;
        Ok(known)
    }

    fn bounces(&self, about: Option<&Matter>, limit: usize) -> Result<Vec<Bounce>> {
        let all = "SELECT about, letter, recipient, at, status, said FROM bounces";
        let by = "ORDER BY at DESC, about, letter, recipient LIMIT ?1";
        match about {
            None => self.list(&format!("{all} {by}"), &[&bound(limit)], read),
            Some(about) => {
                self.list(&format!("{all} WHERE about = ?2 {by}"), &[&bound(limit), &about.to_string()], read)
            }
        }
    }

    fn letters_after(&self, place: &LetterPlace, state: Option<LetterState>, limit: usize) -> Result<Vec<AlertJob>> {
        // Letters in a state stand together in an index of their own.
        let in_state = if state.is_some() { "state = ?5" } else { "TRUE" };
        let sql = format!(
            "SELECT {} FROM letters WHERE {in_state} AND created <= ?1
             AND (created < ?1 OR about > ?2 OR (about = ?2 AND number < ?3))
             ORDER BY created DESC, about, number DESC LIMIT ?4",
            rows::LETTER
        );
        let (about, limit) = (place.about.to_string(), bound(limit));
        let behind: [&dyn ToSql; 4] = [&place.created.0, &about, &place.number, &limit];
        match state.map(LetterState::as_str) {
            None => self.list(&sql, &behind, rows::letter),
            Some(state) => self.list(&sql, &[behind.as_slice(), &[&state]].concat(), rows::letter),
        }
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Bounce> {
    Ok(Bounce {
        about: rows::matter(row, 0)?,
        letter: row.get(1)?,
        recipient: row.get(2)?,
        at: Timestamp(row.get(3)?),
        status: row.get(4)?,
        said: row.get(5)?,
    })
}
