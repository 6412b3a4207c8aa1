-- What became of a letter, in the word that lists are filtered by (limits::LetterState).
ALTER TABLE letters ADD COLUMN bounced INTEGER NOT NULL DEFAULT 0;
UPDATE letters SET bounced = 1 WHERE (about, number) IN (SELECT about, letter FROM bounces);
ALTER TABLE letters ADD COLUMN state TEXT GENERATED ALWAYS AS (
    CASE WHEN bounced THEN 'bounced' WHEN sent IS NOT NULL THEN 'sent' WHEN given_up IS NOT NULL THEN 'given_up' ELSE 'waiting' END
) VIRTUAL;
CREATE INDEX letters_by_state ON letters (state, created DESC, about, number DESC);
