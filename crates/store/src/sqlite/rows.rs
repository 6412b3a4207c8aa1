//! Nouns to rows and back. What can't be read back is an error of that row, never a guess.

use std::time::Duration;

use limits::{AlertJob, Matter, Owed, Snapshot};
use model::{Block, BlockRef, BlockState, Evidence, Kept, Shelf, SubjectKey, SubjectKind, Timestamp, WayOut};
use rusqlite::types::Type;
use rusqlite::{Connection, Error, Result, Row, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The columns that [`block`] reads, in its order.
pub(super) const BLOCK: &str = "reference, kind, subject, state, since, length, strike, reason, automatic_release, \
                                messages, spam, attempts, released_at, released_by, way_out, quota, adoption";

/// How many they are.
pub(super) const BLOCK_COLUMNS: usize = 17;

/// Not `OR REPLACE`: that deletes the old row, and its evidence with it.
const PUT_BLOCK: &str =
    "INSERT INTO blocks VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)
    ON CONFLICT (reference) DO UPDATE SET
        kind = ?2, subject = ?3, state = ?4, since = ?5, length = ?6, strike = ?7, reason = ?8, automatic_release = ?9,
        messages = ?10, spam = ?11, attempts = ?12, released_at = ?13, released_by = ?14, way_out = ?15, place = ?16, quota = ?17,
        adoption = ?18";

/// Writes the block, over an older state of the same block.
pub(super) fn put_block(connection: &Connection, block: &Block) -> Result<()> {
    let (released_at, released_by) = block.released.clone().unzip();
    connection.prepare_cached(PUT_BLOCK)?.execute(params![
        block.reference.as_str(),
        block.subject.kind().as_str(),
        block.subject.name(),
        block.state.as_str(),
        block.since.0,
        millis(block.length),
        block.strike,
        json(&block.reason)?,
        block.automatic_release,
        signed(block.messages),
        signed(block.spam),
        signed(block.attempts),
        released_at.map(|time| time.0),
        released_by,
        block.way_out.as_str(),
        limits::place(&block.subject),
        block.quota.as_ref().map(json).transpose()?,
        block.adoption.as_ref().map(json).transpose()?,
    ])?;
    Ok(())
}

/// The block of a row of [`BLOCK`].
pub(super) fn block(row: &Row<'_>) -> Result<Block> {
    block_at(row, 0)
}

/// The block whose columns begin at that one.
pub(super) fn block_at(row: &Row<'_>, first: usize) -> Result<Block> {
    let released_at: Option<i64> = row.get(first + 12)?;
    let released_by: Option<String> = row.get(first + 13)?;
    Ok(Block {
        reference: reference(row, first)?,
        subject: subject(row, first + 1)?,
        state: state(row, first + 3)?,
        since: Timestamp(row.get(first + 4)?),
        length: Duration::from_millis(unsigned(row, first + 5)?),
        strike: row.get(first + 6)?,
        reason: from_json(row, first + 7)?,
        automatic_release: row.get(first + 8)?,
        way_out: way_out(row, first + 14)?,
        quota: optional_json(row, first + 15)?,
        adoption: optional_json(row, first + 16)?,
        messages: unsigned(row, first + 9)?,
        spam: unsigned(row, first + 10)?,
        attempts: unsigned(row, first + 11)?,
        released: released_at.map(Timestamp).zip(released_by),
    })
}

/// The block of that reference, which is there.
pub(super) fn block_of(connection: &Connection, reference: &BlockRef) -> Result<Block> {
    let sql = format!("SELECT {BLOCK} FROM blocks WHERE reference = ?1");
    connection.prepare_cached(&sql)?.query_row([reference.as_str()], block)
}

/// Adds a flagged message.
pub(super) fn add_evidence(connection: &Connection, block: &BlockRef, evidence: &Evidence) -> Result<()> {
    let sql = "INSERT INTO evidence (block, at, message_id, record) VALUES (?1, ?2, ?3, ?4)";
    let message_id = evidence.message_id.as_ref().map(|id| id.as_str());
    connection.prepare_cached(sql)?.execute(params![block.as_str(), evidence.at.0, message_id, json(evidence)?])?;
    Ok(())
}

/// The flagged message of a row of `record`.
pub(super) fn evidence(row: &Row<'_>) -> Result<Evidence> {
    from_json(row, 0)
}

/// Writes the destination that was looked up; nothing else of the evidence changes.
pub(super) fn set_destination(connection: &Connection, block: &BlockRef, evidence: &Evidence) -> Result<()> {
    let sql = "UPDATE evidence SET record = json_set(record, '$.destination_ip', ?4)
        WHERE block = ?1 AND at = ?2 AND message_id IS ?3";
    let message_id = evidence.message_id.as_ref().map(|id| id.as_str());
    let destination = evidence.destination_ip.map(|ip| ip.to_string());
    connection.prepare_cached(sql)?.execute(params![block.as_str(), evidence.at.0, message_id, destination])?;
    Ok(())
}

/// The columns that [`letter`] reads, in its order.
pub(super) const LETTER: &str = "about, number, kind, created, due, tries, last_error, sent, given_up, message_id, \
                                 instead, owed_customer, owed_operators, told";

/// How many they are.
pub(super) const LETTER_COLUMNS: usize = 14;

const PUT_LETTER: &str =
    "INSERT INTO letters (about, number, block, ticket, kind, created, due, tries, last_error, sent,
        given_up, message_id, instead, owed_customer, owed_operators, told) VALUES
    (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
    ON CONFLICT (about, number) DO UPDATE SET
        kind = ?5, created = ?6, due = ?7, tries = ?8, last_error = ?9, sent = ?10, given_up = ?11, message_id = ?12,
        instead = ?13, owed_customer = ?14, owed_operators = ?15, told = ?16
    WHERE letters.created <= ?6";

/// Writes the letter, over an older state of the same letter; one that was renewed meanwhile stays.
pub(super) fn put_letter(connection: &Connection, letter: &AlertJob) -> Result<()> {
    connection.prepare_cached(PUT_LETTER)?.execute(params![
        letter.about.to_string(),
        letter.number,
        letter.about.block().map(BlockRef::as_str),
        letter.about.ticket().map(key),
        json(&letter.kind)?,
        letter.created.0,
        letter.due.0,
        letter.tries,
        letter.last_error,
        letter.sent.map(|time| time.0),
        letter.given_up.map(|time| time.0),
        letter.message_id,
        letter.instead,
        letter.owed.customer,
        letter.owed.operators,
        json(&letter.told)?,
    ])?;
    Ok(())
}

/// The letter of a row of [`LETTER`].
pub(super) fn letter(row: &Row<'_>) -> Result<AlertJob> {
    Ok(AlertJob {
        about: matter(row, 0)?,
        number: row.get(1)?,
        kind: from_json(row, 2)?,
        created: Timestamp(row.get(3)?),
        due: Timestamp(row.get(4)?),
        tries: row.get(5)?,
        last_error: row.get(6)?,
        sent: row.get::<_, Option<i64>>(7)?.map(Timestamp),
        given_up: row.get::<_, Option<i64>>(8)?.map(Timestamp),
        message_id: row.get(9)?,
        instead: row.get(10)?,
        owed: Owed { customer: row.get(11)?, operators: row.get(12)? },
        told: from_json(row, 13)?,
    })
}

/// What a letter is about, by its name.
pub(super) fn matter(row: &Row<'_>, column: usize) -> Result<Matter> {
    let text: String = row.get(column)?;
    Matter::parse(&text).ok_or_else(|| unreadable(column, format!("\"{text}\" is no block and no ticket")))
}

/// A number of ours as SQLite keeps it.
pub(super) fn key(id: u64) -> i64 {
    i64::try_from(id).unwrap_or(i64::MAX)
}

/// Writes a subject's counters, over older ones.
pub(super) fn put_counters(connection: &Connection, snapshot: &Snapshot) -> Result<()> {
    let sql =
        "INSERT INTO counters VALUES (?1, ?2, ?3, ?4) ON CONFLICT (kind, subject) DO UPDATE SET at = ?3, record = ?4";
    let (kind, name) = (snapshot.subject.kind().as_str(), snapshot.subject.name());
    connection.prepare_cached(sql)?.execute(params![kind, name, snapshot.at.0, snapshot.record])?;
    Ok(())
}

/// The counters of a row of `kind, subject, at, record`.
pub(super) fn counters(row: &Row<'_>) -> Result<Snapshot> {
    Ok(Snapshot { subject: subject(row, 0)?, at: Timestamp(row.get(2)?), record: row.get(3)? })
}

/// Writes a record of what was seen before, over an older one of its name.
pub(super) fn put_kept(connection: &Connection, kept: &Kept) -> Result<()> {
    let sql = "INSERT INTO kept VALUES (?1, ?2, ?3, ?4) ON CONFLICT (shelf, name) DO UPDATE SET at = ?3, record = ?4";
    connection.prepare_cached(sql)?.execute(params![kept.shelf.as_str(), kept.name, kept.at.0, kept.record])?;
    Ok(())
}

/// The record of a row of `shelf, name, at, record`.
pub(super) fn kept(row: &Row<'_>) -> Result<Kept> {
    let word: String = row.get(0)?;
    let shelf = Shelf::from_word(&word).ok_or_else(|| unreadable(0, format!("\"{word}\" is no shelf")))?;
    Ok(Kept { shelf, name: row.get(1)?, at: Timestamp(row.get(2)?), record: row.get(3)? })
}

pub(super) fn reference(row: &Row<'_>, column: usize) -> Result<BlockRef> {
    let text: String = row.get(column)?;
    BlockRef::new(&text).ok_or_else(|| unreadable(column, format!("\"{text}\" is no reference")))
}

/// Kind and name stand side by side.
pub(super) fn subject(row: &Row<'_>, column: usize) -> Result<SubjectKey> {
    let (kind, name): (String, String) = (row.get(column)?, row.get(column + 1)?);
    subject_of(&kind, &name)
}

pub(super) fn subject_of(kind: &str, name: &str) -> Result<SubjectKey> {
    let subject = SubjectKind::from_word(kind).and_then(|kind| SubjectKey::parse(kind, name));
    subject.ok_or_else(|| unreadable(0, format!("\"{kind} {name}\" is no subject")))
}

pub(super) fn state(row: &Row<'_>, column: usize) -> Result<BlockState> {
    let word: String = row.get(column)?;
    let all = [BlockState::BlockedForSpam, BlockState::Unblocking, BlockState::Unblocked];
    let state = all.into_iter().find(|state| state.as_str() == word);
    state.ok_or_else(|| unreadable(column, format!("\"{word}\" is no state of a block")))
}

fn way_out(row: &Row<'_>, column: usize) -> Result<WayOut> {
    let word: String = row.get(column)?;
    WayOut::from_word(&word).ok_or_else(|| unreadable(column, format!("\"{word}\" is no way out of a block")))
}

pub(super) fn from_json<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|error| unreadable(column, error))
}

pub(super) fn optional_json<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> Result<Option<T>> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| serde_json::from_str(&text).map_err(|error| unreadable(column, error))).transpose()
}

pub(super) fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::ToSqlConversionFailure(error.into()))
}

pub(super) fn unreadable(column: usize, why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::FromSqlConversionFailure(column, Type::Text, why.into())
}

/// SQLite's integers are signed; no count of ours comes near the end.
fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn unsigned(row: &Row<'_>, column: usize) -> Result<u64> {
    row.get::<_, i64>(column).map(|count| u64::try_from(count).unwrap_or(0))
}

fn millis(length: Duration) -> i64 {
    i64::try_from(length.as_millis()).unwrap_or(i64::MAX)
}
