CREATE TABLE kept (                 -- what was seen before
    shelf TEXT NOT NULL,
    name TEXT NOT NULL,
    at INTEGER NOT NULL,
    record BLOB NOT NULL,
    PRIMARY KEY (shelf, name)
) STRICT, WITHOUT ROWID;
