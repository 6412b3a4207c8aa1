//! Diagnoses: one row each.

use diagnostics::{DiagnosisStore, Patient, Task};
use limits::StoreError;
use model::Timestamp;
use rusqlite::{Result, Row, params};

use super::{SqliteStore, bound, rows};

type Kept<T> = std::result::Result<T, StoreError>;

/// The diagnosis of a row of `id, record`.
fn task(row: &Row<'_>) -> Result<Task> {
    let id: i64 = row.get(0)?;
    let task: Task = rows::from_json(row, 1)?;
    Ok(Task { id: u64::try_from(id).unwrap_or(0), ..task })
}

fn key(id: u64) -> i64 {
    i64::try_from(id).unwrap_or(i64::MAX)
}

impl DiagnosisStore for SqliteStore {
    fn add_diagnosis(&self, task: &Task) -> Kept<u64> {
        let added = std::cell::Cell::new(0);
        self.write(|connection| {
            let sql = "INSERT INTO diagnoses (kind, patient, over, created, record) VALUES (?1, ?2, ?3, ?4, ?5)";
            let (kind, name, over) = (task.patient.kind().as_str(), task.patient.name(), task.state.is_over());
            let bound = params![kind, name, over, task.created.0, rows::json(task)?];
            added.set(connection.prepare_cached(sql)?.insert(bound)?);
            Ok(())
        })?;
        Ok(u64::try_from(added.get()).unwrap_or(0))
    }

    fn put_diagnosis(&self, task: &Task) -> Kept<()> {
        self.write(|connection| {
            let sql = "UPDATE diagnoses SET over = ?2, record = ?3 WHERE id = ?1";
            let bound = params![key(task.id), task.state.is_over(), rows::json(task)?];
            connection.prepare_cached(sql)?.execute(bound).map(|_| ())
        })
    }

    fn diagnosis(&self, id: u64) -> Kept<Option<Task>> {
        self.one("SELECT id, record FROM diagnoses WHERE id = ?1", &[&key(id)], task)
    }

    fn diagnoses(&self, of: Option<&Patient>, limit: usize) -> Kept<Vec<Task>> {
        self.diagnoses_before(u64::MAX, of, limit)
    }

    fn diagnoses_before(&self, number: u64, of: Option<&Patient>, limit: usize) -> Kept<Vec<Task>> {
        let Some(patient) = of else {
            let sql = "SELECT id, record FROM diagnoses WHERE id < ?1 ORDER BY id DESC LIMIT ?2";
            return self.list(sql, &[&key(number), &bound(limit)], task);
        };
        let sql = "SELECT id, record FROM diagnoses
            WHERE kind = ?1 AND patient = ?2 AND id < ?3 ORDER BY id DESC LIMIT ?4";
        self.list(sql, &[&patient.kind().as_str(), &patient.name(), &key(number), &bound(limit)], task)
    }

    fn unfinished_diagnoses(&self) -> Kept<Vec<Task>> {
        self.list("SELECT id, record FROM diagnoses WHERE NOT over ORDER BY id", &[], task)
    }

    fn prune_diagnoses(&self, before: Timestamp) -> Kept<()> {
        let over = "DELETE FROM diagnoses WHERE id IN (SELECT id FROM diagnoses WHERE over AND created < ?1 LIMIT ?2)";
        self.forget(over, before)
    }
}
