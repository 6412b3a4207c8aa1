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
    SELECT block, 0, '"blocked"', created, due, tries, last_error, sent, given_up, message_id FROM alerts;
DROP TABLE alerts;
CREATE INDEX letters_pending ON letters (due) WHERE sent IS NULL AND given_up IS NULL;

CREATE TABLE tickets (
    id INTEGER PRIMARY KEY AUTOINCREMENT,   -- a number is never used again: replies name it
    block TEXT NOT NULL UNIQUE REFERENCES blocks (reference) ON DELETE CASCADE,
    open INTEGER NOT NULL,
    record TEXT NOT NULL                    -- JSON
) STRICT;
CREATE INDEX tickets_by_state ON tickets (open, id);
