//! False-positive reports and exemptions in SQLite.

use std::cell::RefCell;

use customers::exemption::Exemption;
use customers::report::{Filed, Report, ReportRefused, ReportState, ReportStep, ReportStore, Taken};
use limits::{Holdings, LetterKind, Matter, StoreError};
use model::{Block, BlockRef, Evidence, MessageId, SubjectKey, Timestamp};
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

use super::archive::{HELD, spans};
use super::follow_ups::queue;
use super::{SqliteStore, bound, deliveries, rows};

/// Messages that are forgotten at once: one may have megabytes.
const MESSAGES: usize = 20;

type Answer<T> = std::result::Result<T, StoreError>;

impl ReportStore for SqliteStore {
    fn file_report(&self, report: &Report, message: &[u8], most_open: u32, at: Timestamp) -> Answer<Filed> {
        let filed = RefCell::new(Filed::Full);
        self.write(|connection| {
            filed.replace(file(connection, report, message, most_open, at)?);
            Ok(())
        })?;
        Ok(filed.into_inner())
    }

    fn report(&self, id: u64) -> Answer<Option<Report>> {
        self.one("SELECT id, record FROM reports WHERE id = ?1", &[&key(id)], report)
    }

    fn report_message(&self, id: u64) -> Answer<Option<Vec<u8>>> {
        let sql = "SELECT message FROM reports WHERE id = ?1";
        Ok(self.one(sql, &[&key(id)], |row| row.get::<_, Option<Vec<u8>>>(0))?.flatten())
    }

    fn reports(&self, only_open: bool, limit: usize) -> Answer<Vec<Report>> {
        self.reports_before(u64::MAX, only_open, limit)
    }

    fn reports_before(&self, before: u64, only_open: bool, limit: usize) -> Answer<Vec<Report>> {
        let chosen = if only_open { "AND open = 1" } else { "" };
        let sql = format!("SELECT id, record FROM reports WHERE id < ?1 {chosen} ORDER BY id DESC LIMIT ?2");
        self.list(&sql, &[&key(before), &bound(limit)], report)
    }

    fn reports_about(&self, block: &BlockRef, limit: usize) -> Answer<Vec<Report>> {
        let sql = "SELECT id, record FROM reports WHERE block = ?1 ORDER BY id DESC LIMIT ?2";
        self.list(sql, &[&block.as_str(), &bound(limit)], report)
    }

    fn reports_within(&self, within: &Holdings, limit: usize) -> Answer<Vec<Report>> {
        let sql = format!(
            "SELECT reports.id, reports.record FROM {HELD} CROSS JOIN reports ON reports.block = reference
             ORDER BY reports.id DESC LIMIT ?2"
        );
        self.list(&sql, &[&spans(within), &bound(limit)], report)
    }

    fn reports_due(&self) -> Answer<Vec<Report>> {
        self.list("SELECT id, record FROM reports WHERE due ORDER BY id", &[], report)
    }

    fn report_step(
        &self,
        id: u64,
        at: Timestamp,
        step: ReportStep<'_>,
    ) -> Answer<Option<std::result::Result<Report, ReportRefused>>> {
        let outcome = RefCell::new(None);
        self.write(|connection| {
            let sql = "SELECT id, record FROM reports WHERE id = ?1";
            let found = connection.prepare_cached(sql)?.query_row([key(id)], report).optional()?;
            let Some(mut report) = found else { return Ok(()) };
            let was = report.state.as_str();
            let taken = match step(&mut report) {
                Ok(taken) => Ok(put(connection, was, report, taken, at)?),
                Err(refused) => Err(refused),
            };
            outcome.replace(Some(taken));
            Ok(())
        })?;
        Ok(outcome.into_inner())
    }

    fn prune_reports(&self, decided_before: Timestamp, now: Timestamp) -> Answer<()> {
        let sql = "UPDATE reports SET message = NULL WHERE id IN
            (SELECT id FROM reports WHERE message IS NOT NULL AND NOT due AND decided < ?1 LIMIT ?2)";
        self.in_steps(MESSAGES, |connection, most| {
            connection.prepare_cached(sql)?.execute(params![decided_before.0, most])
        })?;
        self.write(|connection| end_exemptions(connection, now))
    }

    fn flagged(&self, subject: Option<&SubjectKey>, id: &MessageId) -> Answer<Option<(Block, Evidence)>> {
        let chosen = if subject.is_some() { "AND kind = ?2 AND subject = ?3" } else { "AND ?2 = '' AND ?3 = ''" };
        let sql = format!(
            "SELECT {}, record FROM evidence JOIN blocks ON block = reference
             WHERE message_id = ?1 {chosen} ORDER BY since DESC, evidence.id DESC LIMIT 1",
            rows::BLOCK
        );
        let (kind, name) = subject.map(|subject| (subject.kind().as_str(), subject.name())).unwrap_or_default();
        self.one(&sql, &[&id.as_str(), &kind, &name], |row| {
            Ok((rows::block(row)?, rows::from_json(row, rows::BLOCK_COLUMNS)?))
        })
    }

    fn latest_block(&self, subject: &SubjectKey) -> Answer<Option<Block>> {
        let sql =
            format!("SELECT {} FROM blocks WHERE kind = ?1 AND subject = ?2 ORDER BY since DESC LIMIT 1", rows::BLOCK);
        self.one(&sql, &[&subject.kind().as_str(), &subject.name()], rows::block)
    }

    fn exemptions(&self) -> Answer<Vec<Exemption>> {
        self.list("SELECT id, record FROM exemptions ORDER BY id", &[], exemption)
    }

    fn add_exemption(&self, exemption: &Exemption) -> Answer<u64> {
        let number = RefCell::new(0);
        self.write(|connection| {
            number.replace(add(connection, exemption)?);
            Ok(())
        })?;
        Ok(number.into_inner())
    }

    fn remove_exemption(&self, id: u64, at: Timestamp) -> Answer<Option<Exemption>> {
        let removed = RefCell::new(None);
        self.write(|connection| {
            end_exemptions(connection, at)?;
            let sql = "DELETE FROM exemptions WHERE id = ?1 RETURNING id, record";
            let found = connection.prepare_cached(sql)?.query_row([key(id)], exemption).optional()?;
            found.iter().try_for_each(|gone| deliveries::note(connection, &gone.has_been_removed(at)))?;
            removed.replace(found);
            Ok(())
        })?;
        Ok(removed.into_inner())
    }
}

fn file(connection: &Connection, report: &Report, message: &[u8], most_open: u32, at: Timestamp) -> Result<Filed> {
    let sql = "SELECT id FROM reports WHERE block = ?1 AND message_id = ?2";
    let of = params![report.block.as_str(), report.message_id.as_str()];
    if let Some(id) = connection.prepare_cached(sql)?.query_row(of, |row| row.get::<_, i64>(0)).optional()? {
        return Ok(Filed::Before(number(id)));
    }
    let open: u32 =
        connection.prepare_cached("SELECT count(*) FROM reports WHERE open = 1")?.query_row([], |row| row.get(0))?;
    if open >= most_open {
        return Ok(Filed::Full);
    }
    let sql = "INSERT INTO reports (block, message_id, open, due, record, message) VALUES (?1, ?2, 1, 0, ?3, ?4)";
    let written = params![report.block.as_str(), report.message_id.as_str(), rows::json(report)?, message];
    connection.prepare_cached(sql)?.execute(written)?;
    let id = number(connection.last_insert_rowid());
    let report = Report { id, ..report.clone() };
    deliveries::note(connection, &report.has_come_here(&rows::block_of(connection, &report.block)?))?;
    let told = report.letter(String::new());
    queue(connection, &Matter::Block(report.block.clone()), LetterKind::ReportReceived(told), at)?;
    Ok(Filed::New(id))
}

/// Writes the report after a step, what that means where the state was another, the exemptions that begin with it, and the
/// letter.
fn put(connection: &Connection, was: &str, mut report: Report, taken: Taken, at: Timestamp) -> Result<Report> {
    for exemption in &taken.exempt {
        report.exemptions.push(add(connection, exemption)?);
    }
    let decided = report.state.word().map(|word| word.at.0);
    let sql = "UPDATE reports SET open = ?2, due = ?3, decided = ?4, record = ?5,
        message = CASE WHEN ?6 THEN NULL ELSE message END WHERE id = ?1";
    let gone = matches!(report.state, ReportState::Dropped(_));
    let (open, due) = (report.is_open().is_ok(), !report.due.is_empty());
    let written = params![key(report.id), open, due, decided, rows::json(&report)?, gone];
    connection.prepare_cached(sql)?.execute(written)?;
    if report.state.as_str() != was {
        deliveries::note(connection, &report.has_come_here(&rows::block_of(connection, &report.block)?))?;
    }
    if let Some(letter) = taken.letter {
        queue(connection, &Matter::Block(report.block.clone()), letter, at)?;
    }
    Ok(report)
}

fn add(connection: &Connection, exemption: &Exemption) -> Result<u64> {
    let sql = "INSERT INTO exemptions (until, record) VALUES (?1, ?2)";
    connection.prepare_cached(sql)?.execute(params![exemption.until.0, rows::json(exemption)?])?;
    let id = number(connection.last_insert_rowid());
    deliveries::note(connection, &Exemption { id, ..exemption.clone() }.has_begun())?;
    Ok(id)
}

/// Takes those out whose time is over.
fn end_exemptions(connection: &Connection, now: Timestamp) -> Result<()> {
    let sql = "DELETE FROM exemptions WHERE until <= ?1 RETURNING id, record";
    let mut over = connection.prepare_cached(sql)?;
    let mut over: Vec<_> = over.query_map([now.0], exemption)?.collect::<Result<_>>()?;
    over.sort_by_key(|exemption| (exemption.until, exemption.id));
    over.iter().try_for_each(|exemption| deliveries::note(connection, &exemption.has_ended()))
}

/// The report of a row of `id, record`.
fn report(row: &Row<'_>) -> Result<Report> {
    Ok(Report { id: number(row.get(0)?), ..rows::from_json(row, 1)? })
}

/// The exemption of a row of `id, record`.
fn exemption(row: &Row<'_>) -> Result<Exemption> {
    Ok(Exemption { id: number(row.get(0)?), ..rows::from_json(row, 1)? })
}

fn number(id: i64) -> u64 {
    u64::try_from(id).unwrap_or(0)
}

fn key(id: u64) -> i64 {
    i64::try_from(id).unwrap_or(i64::MAX)
}
