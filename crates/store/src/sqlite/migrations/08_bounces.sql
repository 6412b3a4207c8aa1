CREATE TABLE bounces (                          -- letters that did not arrive
    block TEXT NOT NULL,
    letter INTEGER NOT NULL,
    recipient TEXT NOT NULL,
    at INTEGER NOT NULL,
    status TEXT NOT NULL,
    said TEXT NOT NULL,
    PRIMARY KEY (block, letter, recipient),
    FOREIGN KEY (block, letter) REFERENCES letters (block, number) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX bounces_by_time ON bounces (at);
CREATE INDEX letters_by_time ON letters (created);
