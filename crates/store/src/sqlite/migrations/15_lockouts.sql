-- Locks after failed logins stood among what may be lost; now each change of theirs is told.
CREATE TABLE lockouts (
    subject TEXT PRIMARY KEY,                   -- kind and name
    until INTEGER NOT NULL,
    record TEXT NOT NULL                        -- JSON
) STRICT, WITHOUT ROWID;
INSERT INTO lockouts
    SELECT name, json_extract(CAST(record AS TEXT), '$.until'), CAST(record AS TEXT) FROM kept WHERE shelf = 'lockouts';
DELETE FROM kept WHERE shelf = 'lockouts';
