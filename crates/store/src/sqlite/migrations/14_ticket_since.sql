UPDATE tickets SET record = json_set(record, '$.since', updated);
CREATE INDEX tickets_open ON tickets (       -- how many wait, without reading what was written in them
    json_extract(record, '$.kind'), json_extract(record, '$.state'), json_extract(record, '$.since')
) WHERE open;
