//! Locks after failed logins: a row until their end, which is written as something that happened.

use limits::{Happening, Lockout, LockoutStore, StoreError};
use model::{SubjectKey, Timestamp};
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

use super::{SqliteStore, deliveries, rows};

type Told<T> = std::result::Result<T, StoreError>;

impl LockoutStore for SqliteStore {
    fn begin_lockout(&self, lock: &Lockout) -> Told<()> {
        self.write(|connection| {
            let sql = "SELECT record FROM lockouts WHERE subject = ?1";
            let earlier = connection.prepare_cached(sql)?.query_row([lock.subject.to_string()], read).optional()?;
            if earlier.as_ref() == Some(lock) {
                return Ok(());
            }
            tell(connection, earlier.map(|earlier| earlier.has_ended()))?;
            let sql = "INSERT OR REPLACE INTO lockouts (subject, until, record) VALUES (?1, ?2, ?3)";
            let row = params![lock.subject.to_string(), lock.until.0, rows::json(lock)?];
            connection.prepare_cached(sql)?.execute(row)?;
            tell(connection, [lock.has_begun()])
        })
    }

    fn lift_lockout(&self, subject: &SubjectKey, by: &str, at: Timestamp) -> Told<()> {
        self.write(|connection| {
            let sql = "DELETE FROM lockouts WHERE subject = ?1 RETURNING record";
            let lifted = connection.prepare_cached(sql)?.query_row([subject.to_string()], read).optional()?;
            tell(connection, lifted.map(|lock| lock.has_been_lifted(by, at)))
        })
    }

    fn end_lockouts(&self, now: Timestamp) -> Told<()> {
        self.write(|connection| {
            let mut over = connection.prepare_cached("DELETE FROM lockouts WHERE until <= ?1 RETURNING record")?;
            let mut over: Vec<_> = over.query_map([now.0], read)?.collect::<Result<_>>()?;
            over.sort_by(|a, b| (a.until, &a.subject).cmp(&(b.until, &b.subject)));
            tell(connection, over.iter().map(Lockout::has_ended))
        })
    }

    fn lockouts(&self) -> Told<Vec<Lockout>> {
        let mut all = self.list("SELECT record FROM lockouts", &[], read)?;
        all.sort_by(|a, b| (a.since, &a.subject).cmp(&(b.since, &b.subject)));
        Ok(all)
    }
}

fn tell(connection: &Connection, happened: impl IntoIterator<Item = Happening>) -> Result<()> {
    happened.into_iter().try_for_each(|happened| deliveries::note(connection, &happened))
}

fn read(row: &Row<'_>) -> Result<Lockout> {
    rows::from_json(row, 0)
}
