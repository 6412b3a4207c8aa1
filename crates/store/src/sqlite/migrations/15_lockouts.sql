-- Locks after failed logins stood among what may be lost; now each change of theirs is told. One that can't be read is left out.
CREATE TABLE lockouts (
    subject TEXT PRIMARY KEY,                   -- kind and name
    until INTEGER NOT NULL,
    record TEXT NOT NULL                        -- JSON
) STRICT, WITHOUT ROWID;
INSERT INTO lockouts
    SELECT name, json_extract(CAST(record AS TEXT), '$.until'), CAST(record AS TEXT) FROM kept
    WHERE shelf = 'lockouts' AND json_valid(CAST(record AS TEXT)) AND json_type(CAST(record AS TEXT), '$.until') = 'integer';
DELETE FROM kept WHERE shelf = 'lockouts';
