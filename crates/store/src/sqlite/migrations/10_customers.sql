CREATE TABLE customers (
    service TEXT PRIMARY KEY,
    changed INTEGER NOT NULL,
    record TEXT NOT NULL            -- JSON
) STRICT, WITHOUT ROWID;
