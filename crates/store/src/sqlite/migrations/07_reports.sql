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
