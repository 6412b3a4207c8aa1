CREATE TABLE happenings (
    number INTEGER PRIMARY KEY AUTOINCREMENT,   -- never used again: webhooks remember how far they are
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    block TEXT NOT NULL REFERENCES blocks (reference) ON DELETE CASCADE,
    record TEXT NOT NULL                        -- JSON: the block as it was then, and its ticket
) STRICT;
CREATE INDEX happenings_by_block ON happenings (block, number);

CREATE TABLE webhooks (
    name TEXT PRIMARY KEY,
    seen INTEGER NOT NULL                       -- the latest happening that deliveries were queued of
) STRICT, WITHOUT ROWID;

CREATE TABLE deliveries (
    hook TEXT NOT NULL,
    happening INTEGER NOT NULL REFERENCES happenings (number) ON DELETE CASCADE,
    subject TEXT NOT NULL,                      -- what one subject is told of stays in order
    due INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    last_error TEXT,
    delivered INTEGER,
    dead INTEGER,
    PRIMARY KEY (hook, happening)
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_waiting ON deliveries (hook, subject, happening) WHERE delivered IS NULL AND dead IS NULL;
CREATE INDEX deliveries_dead ON deliveries (hook, happening) WHERE dead IS NOT NULL;
CREATE INDEX deliveries_by_happening ON deliveries (happening);
