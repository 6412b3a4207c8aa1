//! The tables, one migration after another; `user_version` tells how many were applied.
//!
//! Never change a migration that was released: add the next one.

use limits::StoreError;
use rusqlite::Connection;
use rusqlite::functions::{Context, FunctionFlags};

use super::error::said;
use super::rows;

/// Applied in order, each in a transaction with its version.
const MIGRATIONS: &[&str] = &[
    "
    CREATE TABLE blocks (
        reference TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        subject TEXT NOT NULL,
        state TEXT NOT NULL,
        since INTEGER NOT NULL,         -- milliseconds since 1970, as every time here
        length INTEGER NOT NULL,        -- milliseconds
        strike INTEGER NOT NULL,
        reason TEXT NOT NULL,           -- JSON
        automatic_release INTEGER NOT NULL,
        messages INTEGER NOT NULL,
        spam INTEGER NOT NULL,
        attempts INTEGER NOT NULL,
        released_at INTEGER,
        released_by TEXT
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX blocks_by_state ON blocks (state, since);
    CREATE INDEX blocks_by_subject ON blocks (kind, subject, since);
    CREATE INDEX blocks_by_time ON blocks (since);

    CREATE TABLE evidence (
        id INTEGER PRIMARY KEY,
        block TEXT NOT NULL REFERENCES blocks (reference) ON DELETE CASCADE,
        at INTEGER NOT NULL,
        message_id TEXT,
        record TEXT NOT NULL            -- JSON
    ) STRICT;
    CREATE INDEX evidence_by_block ON evidence (block, at);

    CREATE TABLE alerts (
        block TEXT PRIMARY KEY REFERENCES blocks (reference) ON DELETE CASCADE,
        created INTEGER NOT NULL,
        due INTEGER NOT NULL,
        tries INTEGER NOT NULL,
        last_error TEXT,
        sent INTEGER,
        given_up INTEGER,
        message_id TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX alerts_pending ON alerts (due) WHERE sent IS NULL AND given_up IS NULL;

    CREATE TABLE counters (
        kind TEXT NOT NULL,
        subject TEXT NOT NULL,
        at INTEGER NOT NULL,
        record BLOB NOT NULL,
        PRIMARY KEY (kind, subject)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX counters_by_time ON counters (at);

    CREATE TABLE probe (id INTEGER PRIMARY KEY CHECK (id = 1), count INTEGER NOT NULL) STRICT;
",
    "
    CREATE TABLE kept (                 -- what was seen before
        shelf TEXT NOT NULL,
        name TEXT NOT NULL,
        at INTEGER NOT NULL,
        record BLOB NOT NULL,
        PRIMARY KEY (shelf, name)
    ) STRICT, WITHOUT ROWID;
",
    "
    ALTER TABLE blocks ADD COLUMN way_out TEXT NOT NULL DEFAULT 'time';

    CREATE TABLE letters (
        block TEXT NOT NULL REFERENCES blocks (reference) ON DELETE CASCADE,
        number INTEGER NOT NULL,        -- 0 tells that the block began
        kind TEXT NOT NULL,             -- JSON
        created INTEGER NOT NULL,
        due INTEGER NOT NULL,
        tries INTEGER NOT NULL,
        last_error TEXT,
        sent INTEGER,
        given_up INTEGER,
        message_id TEXT NOT NULL,
        PRIMARY KEY (block, number)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO letters
        SELECT block, 0, '\"blocked\"', created, due, tries, last_error, sent, given_up, message_id FROM alerts;
    DROP TABLE alerts;
    CREATE INDEX letters_pending ON letters (due) WHERE sent IS NULL AND given_up IS NULL;

    CREATE TABLE tickets (
        id INTEGER PRIMARY KEY AUTOINCREMENT,   -- a number is never used again: replies name it
        block TEXT NOT NULL UNIQUE REFERENCES blocks (reference) ON DELETE CASCADE,
        open INTEGER NOT NULL,
        record TEXT NOT NULL                    -- JSON
    ) STRICT;
    CREATE INDEX tickets_by_state ON tickets (open, id);
",
    "
    CREATE TABLE happenings (
        number INTEGER PRIMARY KEY AUTOINCREMENT,   -- never used again: webhooks remember how far they are
        kind TEXT NOT NULL,
        at INTEGER NOT NULL,
        block TEXT NOT NULL REFERENCES blocks (reference) ON DELETE CASCADE,
        record TEXT NOT NULL                        -- JSON: the block as it was then, and its ticket
    ) STRICT;
    CREATE INDEX happenings_by_block ON happenings (block, number);

    CREATE TABLE webhooks (
        name TEXT PRIMARY KEY,
        seen INTEGER NOT NULL                       -- the latest happening that deliveries were queued of
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE deliveries (
        hook TEXT NOT NULL,
        happening INTEGER NOT NULL REFERENCES happenings (number) ON DELETE CASCADE,
        subject TEXT NOT NULL,                      -- what one subject is told of stays in order
        due INTEGER NOT NULL,
        tries INTEGER NOT NULL,
        last_error TEXT,
        delivered INTEGER,
        dead INTEGER,
        PRIMARY KEY (hook, happening)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX deliveries_waiting ON deliveries (hook, subject, happening) WHERE delivered IS NULL AND dead IS NULL;
    CREATE INDEX deliveries_dead ON deliveries (hook, happening) WHERE dead IS NOT NULL;
    CREATE INDEX deliveries_by_happening ON deliveries (happening);
",
    "
    -- What is searched for. A subject's place sorts what one customer owns side by side (limits::place).
    ALTER TABLE blocks ADD COLUMN place TEXT NOT NULL DEFAULT '';
    UPDATE blocks SET place = place_of(kind, subject);
    CREATE INDEX blocks_by_place ON blocks (kind, place, since);
    ALTER TABLE evidence ADD COLUMN score INTEGER AS (json_extract(record, '$.score')) VIRTUAL;
    ALTER TABLE evidence ADD COLUMN destination TEXT AS (json_extract(record, '$.destination_ip')) VIRTUAL;
    CREATE INDEX evidence_by_time ON evidence (at, id, score, block);
    CREATE INDEX evidence_by_message ON evidence (message_id, at);
    CREATE INDEX evidence_by_destination ON evidence (destination, at) WHERE destination IS NOT NULL;
",
    "
    CREATE TABLE access (               -- keys, users, sessions: hashes where it is a secret
        drawer TEXT NOT NULL,
        name TEXT NOT NULL,
        at INTEGER NOT NULL,
        record TEXT NOT NULL,           -- JSON
        PRIMARY KEY (drawer, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE audit (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,
        who TEXT NOT NULL,
        role TEXT NOT NULL,
        client TEXT,
        action TEXT NOT NULL,
        subject TEXT NOT NULL,
        detail TEXT NOT NULL
    ) STRICT;
    CREATE INDEX audit_by_subject ON audit (subject, id);
    CREATE INDEX audit_by_time ON audit (at);
    CREATE TABLE diagnoses (
        id INTEGER PRIMARY KEY AUTOINCREMENT,   -- a number is never used again
        kind TEXT NOT NULL,
        patient TEXT NOT NULL,
        over INTEGER NOT NULL,
        created INTEGER NOT NULL,
        record TEXT NOT NULL                    -- JSON
    ) STRICT;
    CREATE INDEX diagnoses_by_patient ON diagnoses (kind, patient, id);
    CREATE INDEX diagnoses_unfinished ON diagnoses (id) WHERE NOT over;
",
    "
    CREATE TABLE reports (              -- of flagged messages that were no spam, says who reports them
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        block TEXT NOT NULL REFERENCES blocks (reference) ON DELETE CASCADE,
        message_id TEXT NOT NULL,
        open INTEGER NOT NULL,
        due INTEGER NOT NULL,           -- something is still to be done of the decision
        decided INTEGER,
        record TEXT NOT NULL,           -- JSON
        message BLOB,                   -- as it was reported; gone some time after the decision
        UNIQUE (block, message_id)
    ) STRICT;
    CREATE INDEX reports_open ON reports (open, id);
    CREATE INDEX reports_due ON reports (id) WHERE due;

    CREATE TABLE exemptions (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        until INTEGER NOT NULL,
        record TEXT NOT NULL            -- JSON
    ) STRICT;
",
    "
    CREATE TABLE bounces (                          -- letters that did not arrive
        block TEXT NOT NULL,
        letter INTEGER NOT NULL,
        recipient TEXT NOT NULL,
        at INTEGER NOT NULL,
        status TEXT NOT NULL,
        said TEXT NOT NULL,
        PRIMARY KEY (block, letter, recipient),
        FOREIGN KEY (block, letter) REFERENCES letters (block, number) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX bounces_by_time ON bounces (at);
    CREATE INDEX letters_by_time ON letters (created);
",
    "
    ALTER TABLE letters ADD COLUMN instead TEXT;
    ALTER TABLE letters ADD COLUMN owed_customer INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE letters ADD COLUMN owed_operators INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX letters_owed ON letters (created) WHERE owed_customer OR owed_operators;
    CREATE INDEX letters_given_up ON letters (given_up) WHERE given_up IS NOT NULL;

    CREATE TABLE digest (id INTEGER PRIMARY KEY CHECK (id = 1), until INTEGER NOT NULL) STRICT;
",
    "
    CREATE TABLE customers (
        service TEXT PRIMARY KEY,
        changed INTEGER NOT NULL,
        record TEXT NOT NULL            -- JSON
    ) STRICT, WITHOUT ROWID;
",
    "
    CREATE TABLE answers (              -- to calls that are carried out once, however often they are sent
        caller TEXT NOT NULL,
        key TEXT NOT NULL,
        request TEXT NOT NULL,          -- a hash
        begun INTEGER NOT NULL,
        answer BLOB,                    -- sealed under the caller's token; none while the call is carried out
        PRIMARY KEY (caller, key)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX answers_by_time ON answers (begun);
",
    "
    -- Tickets without a block. Numbers go on where they were: sqlite_sequence moves with the rows.
    CREATE TABLE new_tickets (
        id INTEGER PRIMARY KEY AUTOINCREMENT,   -- a number is never used again: replies name it
        block TEXT UNIQUE REFERENCES blocks (reference) ON DELETE CASCADE,
        diagnosis INTEGER UNIQUE,               -- whose result it carries
        subject TEXT NOT NULL,                  -- kind and name
        open INTEGER NOT NULL,
        updated INTEGER NOT NULL,
        record TEXT NOT NULL                    -- JSON
    ) STRICT;
    INSERT INTO sqlite_sequence SELECT 'new_tickets', seq FROM sqlite_sequence WHERE name = 'tickets';
    INSERT INTO new_tickets
        SELECT id, block, NULL, blocks.kind || ' ' || blocks.subject, open, json_extract(record, '$.updated'),
            json_set(record, '$.kind', 'block')
        FROM tickets JOIN blocks ON block = reference;
    DROP TABLE tickets;
    ALTER TABLE new_tickets RENAME TO tickets;
    CREATE INDEX tickets_by_state ON tickets (open, id);
    CREATE INDEX tickets_by_subject ON tickets (subject) WHERE open AND block IS NULL;

    CREATE TABLE ticket_letters (               -- of tickets without a block
        ticket INTEGER NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,                -- 0 tells that the ticket is open
        news TEXT NOT NULL,                     -- JSON
        created INTEGER NOT NULL,
        due INTEGER NOT NULL,
        tries INTEGER NOT NULL,
        last_error TEXT,
        sent INTEGER,
        given_up INTEGER,
        PRIMARY KEY (ticket, number)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX ticket_letters_pending ON ticket_letters (due) WHERE sent IS NULL AND given_up IS NULL;

    -- Happenings without a block. Deliveries stand aside meanwhile: dropping the old table would take them with it.
    CREATE TABLE old_deliveries AS SELECT * FROM deliveries;
    DROP TABLE deliveries;
    CREATE TABLE new_happenings (
        number INTEGER PRIMARY KEY AUTOINCREMENT,   -- never used again: webhooks remember how far they are
        kind TEXT NOT NULL,
        at INTEGER NOT NULL,
        block TEXT REFERENCES blocks (reference) ON DELETE CASCADE,
        ticket INTEGER,                             -- of one without a block
        subject TEXT NOT NULL,                      -- kind and name: what one is told of stays in order
        record TEXT NOT NULL                        -- JSON: what it was about, as it was then
    ) STRICT;
    INSERT INTO sqlite_sequence SELECT 'new_happenings', seq FROM sqlite_sequence WHERE name = 'happenings';
    INSERT INTO new_happenings
        SELECT number, happenings.kind, at, block, NULL, blocks.kind || ' ' || blocks.subject,
            json_object('topic', json_object('block', json_extract(record, '$.block')), 'ticket', json_extract(record, '$.ticket'))
        FROM happenings JOIN blocks ON block = reference;
    DROP TABLE happenings;
    ALTER TABLE new_happenings RENAME TO happenings;
    CREATE INDEX happenings_by_block ON happenings (block, number);
    CREATE INDEX happenings_alone ON happenings (at) WHERE block IS NULL;

    CREATE TABLE deliveries (
        hook TEXT NOT NULL,
        happening INTEGER NOT NULL REFERENCES happenings (number) ON DELETE CASCADE,
        subject TEXT NOT NULL,
        due INTEGER NOT NULL,
        tries INTEGER NOT NULL,
        last_error TEXT,
        delivered INTEGER,
        dead INTEGER,
        PRIMARY KEY (hook, happening)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO deliveries SELECT * FROM old_deliveries;
    DROP TABLE old_deliveries;
    CREATE INDEX deliveries_waiting ON deliveries (hook, subject, happening) WHERE delivered IS NULL AND dead IS NULL;
    CREATE INDEX deliveries_dead ON deliveries (hook, happening) WHERE dead IS NOT NULL;
    CREATE INDEX deliveries_by_happening ON deliveries (happening);
",
    "
    ALTER TABLE blocks ADD COLUMN quota TEXT;   -- JSON; of customers whose automatic releases are counted
",
    "
    UPDATE tickets SET record = json_set(record, '$.since', updated);
    CREATE INDEX tickets_open ON tickets (       -- how many wait, without reading what was written in them
        json_extract(record, '$.kind'), json_extract(record, '$.state'), json_extract(record, '$.since')
    ) WHERE open;
",
    "
    -- Locks after failed logins stood among what may be lost; now each change of theirs is told.
    CREATE TABLE lockouts (
        subject TEXT PRIMARY KEY,                   -- kind and name
        until INTEGER NOT NULL,
        record TEXT NOT NULL                        -- JSON
    ) STRICT, WITHOUT ROWID;
    INSERT INTO lockouts
        SELECT name, json_extract(CAST(record AS TEXT), '$.until'), CAST(record AS TEXT) FROM kept WHERE shelf = 'lockouts';
    DELETE FROM kept WHERE shelf = 'lockouts';
",
    "
    -- What is forgotten, and what the audit log is asked for, is found without reading what stays.
    CREATE INDEX blocks_over ON blocks (coalesce(released_at, since)) WHERE state = 'unblocked';
    CREATE INDEX tickets_closed ON tickets (updated) WHERE block IS NULL AND NOT open;
    CREATE INDEX kept_by_time ON kept (shelf, at);
    CREATE INDEX diagnoses_over ON diagnoses (created) WHERE over;
    CREATE INDEX reports_kept ON reports (decided) WHERE message IS NOT NULL AND NOT due;
    CREATE INDEX exemptions_by_end ON exemptions (until);
    CREATE INDEX lockouts_by_end ON lockouts (until);
    CREATE INDEX access_by_time ON access (drawer, at);
    CREATE INDEX audit_by_who ON audit (who, id);
    CREATE INDEX audit_by_action ON audit (action, id);
    -- In the order in which they are listed: another one is sorted anew for each page.
    DROP INDEX letters_by_time;
    CREATE INDEX letters_by_time ON letters (created DESC, block, number DESC);
    DROP INDEX bounces_by_time;
    CREATE INDEX bounces_by_time ON bounces (at DESC, block, letter, recipient);
    DROP INDEX deliveries_by_happening;
    CREATE INDEX deliveries_by_happening ON deliveries (happening DESC, hook);
    CREATE INDEX deliveries_listed_waiting ON deliveries (happening DESC, hook) WHERE delivered IS NULL AND dead IS NULL;
    CREATE INDEX deliveries_listed_dead ON deliveries (happening DESC, hook) WHERE dead IS NOT NULL;
",
    "
    -- Letters about blocks and about tickets without one, in one table. What refers to it stands aside meanwhile: dropping the
    -- old table would take it along.
    CREATE TABLE new_letters (
        about TEXT NOT NULL,            -- a block's reference, or ticket- and a number
        number INTEGER NOT NULL,        -- 0 tells that it began
        block TEXT REFERENCES blocks (reference) ON DELETE CASCADE,
        ticket INTEGER REFERENCES tickets (id) ON DELETE CASCADE,
        kind TEXT NOT NULL,             -- JSON
        created INTEGER NOT NULL,
        due INTEGER NOT NULL,
        tries INTEGER NOT NULL,
        last_error TEXT,
        sent INTEGER,
        given_up INTEGER,
        message_id TEXT NOT NULL,
        instead TEXT,
        owed_customer INTEGER NOT NULL,
        owed_operators INTEGER NOT NULL,
        told TEXT NOT NULL,             -- JSON: whom it has reached
        PRIMARY KEY (about, number),
        CHECK ((block IS NULL) <> (ticket IS NULL))
    ) STRICT, WITHOUT ROWID;
    INSERT INTO new_letters
        SELECT block, number, block, NULL, kind, created, due, tries, last_error, sent, given_up, message_id, instead,
            owed_customer, owed_operators, '[]'
        FROM letters;
    INSERT INTO new_letters
        SELECT 'ticket-' || ticket, number, NULL, ticket, news, created, due, tries, last_error, sent, given_up,
            '<ticket-' || ticket || iif(number = 0, '', '.' || number)
                || coalesce((SELECT substr(message_id, instr(message_id, '@')) FROM letters LIMIT 1), '@localhost>'),
            NULL, 0, 0, '[]'
        FROM ticket_letters;
    CREATE TABLE new_bounces (                      -- letters that did not arrive
        about TEXT NOT NULL,
        letter INTEGER NOT NULL,
        recipient TEXT NOT NULL,
        at INTEGER NOT NULL,
        status TEXT NOT NULL,
        said TEXT NOT NULL,
        PRIMARY KEY (about, letter, recipient),
        FOREIGN KEY (about, letter) REFERENCES new_letters (about, number) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
    INSERT INTO new_bounces SELECT * FROM bounces;
    DROP TABLE bounces;
    DROP TABLE ticket_letters;
    DROP TABLE letters;
    ALTER TABLE new_letters RENAME TO letters;
    ALTER TABLE new_bounces RENAME TO bounces;
    CREATE INDEX letters_by_block ON letters (block);
    CREATE INDEX letters_by_ticket ON letters (ticket);
    CREATE INDEX letters_pending ON letters (due) WHERE sent IS NULL AND given_up IS NULL;
    CREATE INDEX letters_by_time ON letters (created DESC, about, number DESC);
    CREATE INDEX letters_owed ON letters (created) WHERE owed_customer OR owed_operators;
    CREATE INDEX letters_given_up ON letters (given_up) WHERE given_up IS NOT NULL;
    CREATE INDEX bounces_by_time ON bounces (at DESC, about, letter, recipient);
",
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
