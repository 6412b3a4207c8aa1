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
