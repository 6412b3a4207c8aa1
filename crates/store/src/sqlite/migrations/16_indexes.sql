-- What is forgotten, and what the audit log is asked for, is found without reading what stays.
CREATE INDEX blocks_over ON blocks (coalesce(released_at, since)) WHERE state = 'unblocked';
CREATE INDEX tickets_closed ON tickets (updated) WHERE block IS NULL AND NOT open;
CREATE INDEX kept_by_time ON kept (shelf, at);
CREATE INDEX diagnoses_over ON diagnoses (created) WHERE over;
CREATE INDEX reports_kept ON reports (decided) WHERE message IS NOT NULL AND NOT due;
CREATE INDEX exemptions_by_end ON exemptions (until);
CREATE INDEX lockouts_by_end ON lockouts (until);
CREATE INDEX access_by_time ON access (drawer, at);
CREATE INDEX audit_by_who ON audit (who, id);
CREATE INDEX audit_by_action ON audit (action, id);
-- In the order in which they are listed: another one is sorted anew for each page.
DROP INDEX letters_by_time;
CREATE INDEX letters_by_time ON letters (created DESC, block, number DESC);
DROP INDEX bounces_by_time;
CREATE INDEX bounces_by_time ON bounces (at DESC, block, letter, recipient);
DROP INDEX deliveries_by_happening;
CREATE INDEX deliveries_by_happening ON deliveries (happening DESC, hook);
CREATE INDEX deliveries_listed_waiting ON deliveries (happening DESC, hook) WHERE delivered IS NULL AND dead IS NULL;
CREATE INDEX deliveries_listed_dead ON deliveries (happening DESC, hook) WHERE dead IS NOT NULL;
