CREATE TABLE answers (              -- to calls that are carried out once, however often they are sent
    caller TEXT NOT NULL,
    key TEXT NOT NULL,
    request TEXT NOT NULL,          -- a hash
    begun INTEGER NOT NULL,
    answer BLOB,                    -- sealed under the caller's token; none while the call is carried out
    PRIMARY KEY (caller, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX answers_by_time ON answers (begun);
