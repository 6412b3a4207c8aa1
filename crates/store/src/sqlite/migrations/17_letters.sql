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
