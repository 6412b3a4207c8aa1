//! The tables, one migration after another; `user_version` tells how many were applied.
//!
//! Never change a migration that was released: add the next one, a file in `migrations`. Times are milliseconds since 1970.

use limits::StoreError;
use rusqlite::Connection;
use rusqlite::functions::{Context, FunctionFlags};

use super::error::said;
use super::rows;

/// Applied in order, each in a transaction with its version.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/01_blocks.sql"),
    include_str!("migrations/02_kept.sql"),
    include_str!("migrations/03_way_out.sql"),
    include_str!("migrations/04_happenings.sql"),
    include_str!("migrations/05_search.sql"),
    include_str!("migrations/06_access.sql"),
    include_str!("migrations/07_reports.sql"),
    include_str!("migrations/08_bounces.sql"),
    include_str!("migrations/09_letters_owed.sql"),
    include_str!("migrations/10_customers.sql"),
    include_str!("migrations/11_answers.sql"),
    include_str!("migrations/12_loose_tickets.sql"),
    include_str!("migrations/13_quota.sql"),
    include_str!("migrations/14_ticket_since.sql"),
    include_str!("migrations/15_lockouts.sql"),
    include_str!("migrations/16_indexes.sql"),
    include_str!("migrations/17_letters.sql"),
    include_str!("migrations/18_letter_states.sql"),
];

/// Brings the tables to this program's version.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let applied = version(connection)?;
    if applied > ours() {
        return Err(newer(applied));
    }
    offer_place(connection)?;
    for (version, migration) in (1u32..).zip(MIGRATIONS).skip(applied as usize) {
        let transaction = connection.transaction().map_err(said)?;
        transaction.execute_batch(migration).map_err(said)?;
        transaction.pragma_update(None, "user_version", version).map_err(said)?;
        transaction.commit().map_err(said)?;
    }
    Ok(())
}

/// A function for a migration that SQL alone can't do.
fn offer_place(connection: &Connection) -> Result<(), StoreError> {
    let place_of = |context: &Context<'_>| rows::subject_of(&context.get::<String>(0)?, &context.get::<String>(1)?);
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    let place = move |context: &Context<'_>| place_of(context).map(|subject| limits::place(&subject));
    connection.create_scalar_function("place_of", 2, flags, place).map_err(said)
}

/// Whether the tables are this program's, for those who may not change them.
pub(super) fn check(connection: &Connection) -> Result<(), StoreError> {
    match version(connection)? {
        applied if applied > ours() => Err(newer(applied)),
        applied if applied < ours() => {
            Err(StoreError::Other("it has the tables of an older version: start the daemon once".into()))
        }
        _ => Ok(()),
    }
}

/// The version of the tables this program knows.
fn ours() -> u32 {
    u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX)
}

fn version(connection: &Connection) -> Result<u32, StoreError> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(said)
}

fn newer(applied: u32) -> StoreError {
    let ours = ours();
    StoreError::Damaged(format!(
        "it was written by a newer version of Portreeve (tables {applied}, this program knows {ours}): \
         start that version, or choose another store.path"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_store_is_refused_and_left_alone() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
        let refused = migrate(&mut connection).unwrap_err().to_string();
        assert!(refused.contains("newer version of Portreeve (tables 99"), "{refused}");
        assert_eq!(version(&connection).unwrap(), 99);
    }

    /// What stood in two tables stands in one, with what has come back of it.
    #[test]
    fn letters_of_older_tables_are_kept() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.pragma_update(None, "foreign_keys", true).unwrap();
        offer_place(&connection).unwrap();
        let before = MIGRATIONS.iter().position(|migration| migration.contains("new_letters")).unwrap();
        for migration in &MIGRATIONS[..before] {
            connection.execute_batch(migration).unwrap();
        }
        connection.pragma_update(None, "user_version", u32::try_from(before).unwrap()).unwrap();
        connection
            .execute_batch(
                "INSERT INTO blocks (reference, kind, subject, state, since, length, strike, reason, automatic_release,
                     messages, spam, attempts) VALUES ('one', 'account', 'bob', 'unblocked', 1, 1, 1, '{}', 0, 1, 1, 0);
                 INSERT INTO letters VALUES ('one', 0, '\"blocked\"', 1, 1, 1, NULL, 2, NULL, '<block-one@n.example>', NULL, 0, 0);
                 INSERT INTO bounces VALUES ('one', 0, 'bob@shop.example', 3, '5.1.1', '');
                 INSERT INTO tickets VALUES (7, NULL, NULL, 'service shop', 1, 1, '{}');
                 INSERT INTO ticket_letters VALUES (7, 1, '{\"answer\":\"?\"}', 4, 4, 0, NULL, NULL, NULL);",
            )
            .unwrap();
        migrate(&mut connection).unwrap();
        let sql = format!("SELECT {} FROM letters ORDER BY about", rows::LETTER);
        let mut asked = connection.prepare(&sql).unwrap();
        let letters: Vec<_> = asked.query_map([], rows::letter).unwrap().map(Result::unwrap).collect();
        let named =
            |letter: &limits::AlertJob| format!("{} {} {}", letter.about, letter.kind.word(), letter.message_id);
        let named: Vec<_> = letters.iter().map(named).collect();
        assert_eq!(named, ["one blocked <block-one@n.example>", "ticket-7 answer <ticket-7.1@n.example>"]);
        let states = "SELECT group_concat(state) FROM (SELECT state FROM letters ORDER BY about)";
        let states = connection.query_row(states, [], |row| row.get::<_, String>(0)).unwrap();
        assert_eq!(states, "bounced,waiting");
        let bounces = "SELECT count(*) FROM bounces WHERE about = 'one'";
        assert_eq!(connection.query_row(bounces, [], |row| row.get::<_, i64>(0)).unwrap(), 1);
        connection.execute("DELETE FROM blocks", []).unwrap();
        assert_eq!(connection.query_row("SELECT count(*) FROM bounces", [], |row| row.get::<_, i64>(0)).unwrap(), 0);
    }

    #[test]
    fn migrating_twice_changes_nothing() {
        let mut connection = Connection::open_in_memory().unwrap();
        assert!(check(&connection).is_err(), "empty tables are older than ours");
        migrate(&mut connection).unwrap();
        migrate(&mut connection).unwrap();
        check(&connection).unwrap();
    }
}
