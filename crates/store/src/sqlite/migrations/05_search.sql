-- What is searched for. A subject's place sorts what one customer owns side by side (limits::place).
ALTER TABLE blocks ADD COLUMN place TEXT NOT NULL DEFAULT '';
UPDATE blocks SET place = place_of(kind, subject);
CREATE INDEX blocks_by_place ON blocks (kind, place, since);
ALTER TABLE evidence ADD COLUMN score INTEGER AS (json_extract(record, '$.score')) VIRTUAL;
ALTER TABLE evidence ADD COLUMN destination TEXT AS (json_extract(record, '$.destination_ip')) VIRTUAL;
CREATE INDEX evidence_by_time ON evidence (at, id, score, block);
CREATE INDEX evidence_by_message ON evidence (message_id, at);
CREATE INDEX evidence_by_destination ON evidence (destination, at) WHERE destination IS NOT NULL;
