-- Whose tickets are asked for: a subject's kind and place (limits::place), side by side as its owner's other things; or a service's name.
ALTER TABLE tickets ADD COLUMN place TEXT NOT NULL DEFAULT '';
UPDATE tickets SET place = CASE
    WHEN subject LIKE 'service %' THEN subject
    ELSE substr(subject, 1, instr(subject, ' '))
        || place_of(substr(subject, 1, instr(subject, ' ') - 1), substr(subject, instr(subject, ' ') + 1))
    END;
CREATE INDEX tickets_by_place ON tickets (place);
