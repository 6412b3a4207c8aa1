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
