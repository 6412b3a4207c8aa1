//! Records of access by drawer and name, and the audit log.

use access::{AccessStore, AuditEntry, AuditQuery, Drawer};
use limits::StoreError;
use model::Timestamp;
use rusqlite::{Row, ToSql, params};

use super::retention::STEP;
use super::{SqliteStore, bound, rows};

type Result<T> = std::result::Result<T, StoreError>;

impl AccessStore for SqliteStore {
    fn put(&self, drawer: Drawer, name: &str, at: Timestamp, record: &str) -> Result<()> {
        let sql =
            "INSERT INTO access VALUES (?1, ?2, ?3, ?4) ON CONFLICT (drawer, name) DO UPDATE SET at = ?3, record = ?4";
        self.write(|connection| {
            connection.prepare_cached(sql)?.execute(params![drawer.as_str(), name, at.0, record]).map(|_| ())
        })
    }

    fn record(&self, drawer: Drawer, name: &str) -> Result<Option<String>> {
        let sql = "SELECT record FROM access WHERE drawer = ?1 AND name = ?2";
        self.one(sql, &[&drawer.as_str(), &name], |row| row.get(0))
    }

    fn records(&self, drawer: Drawer, limit: usize) -> Result<Vec<(String, String)>> {
        let sql = "SELECT name, record FROM access WHERE drawer = ?1 ORDER BY name LIMIT ?2";
        self.list(sql, &[&drawer.as_str(), &bound(limit)], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    fn remove(&self, drawer: Drawer, name: &str) -> Result<bool> {
        let removed = std::cell::Cell::new(0);
        self.write(|connection| {
            let sql = "DELETE FROM access WHERE drawer = ?1 AND name = ?2";
            removed.set(connection.prepare_cached(sql)?.execute([drawer.as_str(), name])?);
            Ok(())
        })?;
        Ok(removed.get() > 0)
    }

    fn prune_records(&self, drawer: Drawer, before: Timestamp) -> Result<()> {
        let sql = "DELETE FROM access WHERE drawer = ?1 AND name IN
            (SELECT name FROM access WHERE drawer = ?1 AND at < ?2 LIMIT ?3)";
        self.in_steps(STEP, |connection, most| {
            connection.prepare_cached(sql)?.execute(params![drawer.as_str(), before.0, most])
        })
    }

    fn note(&self, entry: &AuditEntry) -> Result<()> {
        let sql =
            "INSERT INTO audit (at, who, role, client, action, subject, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let client = entry.client.map(|address| address.to_string());
        let AuditEntry { at, who, role, action, on, detail, .. } = entry;
        self.write(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            statement.execute(params![at.0, who, role, client, action, on, detail]).map(|_| ())
        })
    }

    fn notes(&self, query: &AuditQuery) -> Result<Vec<AuditEntry>> {
        let asked = [("who", &query.who), ("action", &query.action), ("subject", &query.on)];
        let asked: Vec<_> = asked.into_iter().filter_map(|(column, value)| Some((column, value.as_ref()?))).collect();
        let before = query.before.and_then(|id| i64::try_from(id).ok()).unwrap_or(i64::MAX);
        let most = bound(query.bound());
        let mut values: Vec<&dyn ToSql> = vec![&before, &most];
        values.extend(asked.iter().map(|(_, value)| *value as &dyn ToSql));
        // Only what is asked for stands in the statement: else no index would be looked into.
        let chosen: String =
            (3..).zip(&asked).map(|(place, (column, _))| format!(" AND {column} = ?{place}")).collect();
        let sql = format!(
            "SELECT id, at, who, role, client, action, subject, detail FROM audit
             WHERE id < ?1{chosen} ORDER BY id DESC LIMIT ?2"
        );
        self.list(&sql, &values, entry)
    }

    fn prune_notes(&self, before: Timestamp) -> Result<()> {
        self.forget("DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < ?1 LIMIT ?2)", before)
    }
}

fn entry(row: &Row<'_>) -> rusqlite::Result<AuditEntry> {
    let client: Option<String> = row.get(4)?;
    let client = client.map(|text| text.parse().map_err(|_| rows::unreadable(4, format!("\"{text}\" is no address"))));
    Ok(AuditEntry {
        id: row.get::<_, i64>(0)?.try_into().unwrap_or(0),
        at: Timestamp(row.get(1)?),
        who: row.get(2)?,
        role: row.get(3)?,
        client: client.transpose()?,
        action: row.get(5)?,
        on: row.get(6)?,
        detail: row.get(7)?,
    })
}
