-- All mail leaves on one lane, each webhook has its own: what is slow on one holds up no other.
ALTER TABLE outbox ADD COLUMN lane TEXT
    GENERATED ALWAYS AS (CASE channel WHEN 'mail' THEN 'mail' ELSE channel || ':' || recipient END) VIRTUAL;
DROP INDEX outbox_waiting;
CREATE INDEX outbox_waiting ON outbox (lane, next_at, id) WHERE state = 'waiting';
