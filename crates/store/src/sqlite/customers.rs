//! Customers: one row each.

use ::customers::registry::{CustomerStore, StoredCustomer};
use limits::StoreError;
use model::Timestamp;
use rusqlite::{Connection, Row, params};

use super::{SqliteStore, rows};

type Result<T> = std::result::Result<T, StoreError>;

impl CustomerStore for SqliteStore {
    fn customers(&self) -> Result<Vec<StoredCustomer>> {
        self.list("SELECT changed, record FROM customers ORDER BY service", &[], stored)
    }

    fn change_customers(&self, put: &[StoredCustomer], gone: &[String]) -> Result<()> {
        self.write(|connection| {
            let mut delete = connection.prepare_cached("DELETE FROM customers WHERE service = ?1")?;
            gone.iter().try_for_each(|service| delete.execute([service]).map(|_| ()))?;
            put.iter().try_for_each(|one| insert(connection, one))
        })
    }
}

fn insert(connection: &Connection, one: &StoredCustomer) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO customers (service, changed, record) VALUES (?1, ?2, ?3)";
    let bound = params![one.record.service, one.changed.0, rows::json(&one.record)?];
    connection.prepare_cached(sql)?.execute(bound).map(|_| ())
}

/// The customer of a row of `changed, record`.
fn stored(row: &Row<'_>) -> rusqlite::Result<StoredCustomer> {
    Ok(StoredCustomer { changed: Timestamp(row.get(0)?), record: rows::from_json(row, 1)? })
}
