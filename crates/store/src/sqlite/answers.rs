//! Calls that are carried out once, and their answers.

use std::cell::RefCell;

use access::{AnswerStore, CallName, KeptCall, Noted};
use limits::StoreError;
use model::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::{SqliteStore, bound};

type Result<T> = std::result::Result<T, StoreError>;

impl AnswerStore for SqliteStore {
    fn begin_call(&self, name: &CallName, request: &str, at: Timestamp, most: usize) -> Result<Noted> {
        let noted = RefCell::new(Noted::Full);
        self.write(|connection| {
            noted.replace(begin(connection, name, request, at, most)?);
            Ok(())
        })?;
        Ok(noted.into_inner())
    }

    fn answer_call(&self, name: &CallName, answer: &[u8]) -> Result<()> {
        self.write(|connection| {
            let sql = "UPDATE answers SET answer = ?3 WHERE caller = ?1 AND key = ?2";
            connection.prepare_cached(sql)?.execute(params![name.caller, name.key, answer]).map(|_| ())
        })
    }

    fn withdraw_call(&self, name: &CallName) -> Result<()> {
        self.write(|connection| {
            let sql = "DELETE FROM answers WHERE caller = ?1 AND key = ?2";
            connection.prepare_cached(sql)?.execute([&name.caller, &name.key]).map(|_| ())
        })
    }

    fn prune_calls(&self, before: Timestamp) -> Result<()> {
        // Most of the time there is nothing: that costs no write.
        let sql = "SELECT 1 FROM answers WHERE begun < ?1 LIMIT 1";
        if self.one(sql, &[&before.0], |_| Ok(()))?.is_none() {
            return Ok(());
        }
        let old =
            "DELETE FROM answers WHERE (caller, key) IN (SELECT caller, key FROM answers WHERE begun < ?1 LIMIT ?2)";
        self.forget(old, before)
    }
}

fn begin(
    connection: &Connection,
    name: &CallName,
    request: &str,
    at: Timestamp,
    most: usize,
) -> rusqlite::Result<Noted> {
    let sql = "SELECT request, answer FROM answers WHERE caller = ?1 AND key = ?2";
    let kept = connection
        .prepare_cached(sql)?
        .query_row([&name.caller, &name.key], |row| Ok(KeptCall { request: row.get(0)?, answer: row.get(1)? }));
    if let Some(kept) = kept.optional()? {
        return Ok(Noted::Before(kept));
    }
    let sql = "INSERT INTO answers (caller, key, request, begun)
        SELECT ?1, ?2, ?3, ?4 WHERE (SELECT count(*) FROM answers WHERE caller = ?1) < ?5";
    let new = params![name.caller, name.key, request, at.0, bound(most)];
    let written = connection.prepare_cached(sql)?.execute(new)?;
    Ok(if written > 0 { Noted::New } else { Noted::Full })
}
