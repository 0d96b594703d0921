-- A message that was given up and that somebody put aside: it stays, and is not counted.
ALTER TABLE outbox ADD COLUMN dropped_at BIGINT;
DROP INDEX outbox_dead;
CREATE INDEX outbox_dead ON outbox (at, id) WHERE state = 'dead' AND dropped_at IS NULL;
