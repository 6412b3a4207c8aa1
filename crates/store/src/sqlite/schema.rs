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
    include_str!("migrations/19_adoption.sql"),
    include_str!("migrations/20_ticket_places.sql"),
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

    /// The tables as they were before a migration, with nothing in them.
    fn before(migration: &str) -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        connection.pragma_update(None, "foreign_keys", true).unwrap();
        offer_place(&connection).unwrap();
        let applied = MIGRATIONS.iter().position(|known| known.contains(migration)).unwrap();
        for migration in &MIGRATIONS[..applied] {
            connection.execute_batch(migration).unwrap();
        }
        connection.pragma_update(None, "user_version", u32::try_from(applied).unwrap()).unwrap();
        connection
    }

    /// What stood in two tables stands in one, with what has come back of it.
    #[test]
    fn letters_of_older_tables_are_kept() {
        let mut connection = before("new_letters");
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

    /// As the program wrote them until version 14: JSON in a table of what may be lost.
    #[test]
    fn locks_of_older_tables_are_kept_and_a_broken_one_keeps_nothing_from_starting() {
        let mut connection = before("CREATE TABLE lockouts");
        let lock = |name: &str, until: i64| limits::Lockout {
            subject: model::SubjectKey::parse(model::SubjectKind::Account, name).unwrap(),
            since: model::Timestamp(1000),
            until: model::Timestamp(until),
            failures: 10,
            network: model::Network::parse("192.0.2.0/24"),
        };
        let locks = [lock("anna@shop.example", 901_000), lock("bob@shop.example", 5_000)];
        let good = locks.iter().map(|lock| (lock.subject.to_string(), serde_json::to_vec(lock).unwrap()));
        let broken = [("account eve", &b"{\"until\":"[..]), ("account joe", b"{}"), ("account kim", b"\xff")];
        let broken = broken.map(|(name, record)| (name.to_owned(), record.to_vec()));
        for (name, record) in good.chain(broken) {
            let row = rusqlite::params!["lockouts", name, 1000, record];
            connection.execute("INSERT INTO kept VALUES (?1, ?2, ?3, ?4)", row).unwrap();
        }
        connection.execute("INSERT INTO kept VALUES ('habits', 'account anna', 1, x'00')", []).unwrap();
        migrate(&mut connection).unwrap();
        let mut asked = connection.prepare("SELECT record, subject, until FROM lockouts ORDER BY subject").unwrap();
        let moved: Vec<(limits::Lockout, String, i64)> = asked
            .query_map([], |row| Ok((rows::from_json(row, 0)?, row.get(1)?, row.get(2)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let expected = locks.map(|lock| (lock.clone(), lock.subject.to_string(), lock.until.0));
        assert_eq!(moved, expected);
        let left = "SELECT group_concat(shelf) FROM kept";
        assert_eq!(connection.query_row(left, [], |row| row.get::<_, String>(0)).unwrap(), "habits");
    }

    /// A ticket of older tables has waited since it was changed last.
    #[test]
    fn tickets_of_older_tables_have_waited_since_their_last_change() {
        let mut connection = before("'$.since'");
        let tickets = "INSERT INTO tickets VALUES (7, NULL, NULL, 'service shop', 1, 42, '{\"kind\":\"question\",\"state\":\"waiting\"}')";
        connection.execute(tickets, []).unwrap();
        migrate(&mut connection).unwrap();
        let since = "SELECT json_extract(record, '$.since') FROM tickets";
        assert_eq!(connection.query_row(since, [], |row| row.get::<_, i64>(0)).unwrap(), 42);
    }

    /// Tickets of older tables stand where their customers' other things do.
    #[test]
    fn tickets_of_older_tables_get_their_place() {
        let mut connection = before("tickets_by_place");
        for (id, subject) in [(7, "service shop one"), (8, "account bob@shop.example"), (9, "ip 192.0.2.7")] {
            let ticket = "INSERT INTO tickets VALUES (?1, NULL, NULL, ?2, 1, 42, '{}')";
            connection.execute(ticket, (id, subject)).unwrap();
        }
        migrate(&mut connection).unwrap();
        let place = |id: i64| {
            let sql = "SELECT place FROM tickets WHERE id = ?1";
            connection.query_row(sql, [id], |row| row.get::<_, String>(0)).unwrap()
        };
        assert_eq!(place(7), "service shop one");
        assert_eq!(place(8), "account shop.example@bob@shop.example");
        assert_eq!(place(9), "ip 00000000000000000000ffffc0000207");
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
