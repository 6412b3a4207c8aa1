ALTER TABLE letters ADD COLUMN instead TEXT;
ALTER TABLE letters ADD COLUMN owed_customer INTEGER NOT NULL DEFAULT 0;
ALTER TABLE letters ADD COLUMN owed_operators INTEGER NOT NULL DEFAULT 0;
CREATE INDEX letters_owed ON letters (created) WHERE owed_customer OR owed_operators;
CREATE INDEX letters_given_up ON letters (given_up) WHERE given_up IS NOT NULL;

CREATE TABLE digest (id INTEGER PRIMARY KEY CHECK (id = 1), until INTEGER NOT NULL) STRICT;
