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
