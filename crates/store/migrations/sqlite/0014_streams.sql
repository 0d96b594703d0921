-- Streams have numbers, by which a duty and an event say where they belong: above 0 of cases, below 0 of what is no case, and 0 of
-- what has no stream. A number stays. Duties and who is in charge of what follow from the log, and are made anew.
CREATE TABLE streams (
    number INTEGER PRIMARY KEY,
    stream TEXT NOT NULL UNIQUE,
    CHECK (number <> 0 AND (number > 0) = (stream >= 'case:' AND stream < 'case;'))
) STRICT;
INSERT INTO streams (number, stream)
    SELECT CASE WHEN stream >= 'case:' AND stream < 'case;' THEN place ELSE -place END, stream
    FROM (SELECT stream, ROW_NUMBER() OVER (ORDER BY stream) AS place FROM event_streams WHERE stream <> '' GROUP BY stream);

CREATE TRIGGER streams_no_update BEFORE UPDATE ON streams
BEGIN SELECT RAISE(ABORT, 'the number of a stream is never changed'); END;
CREATE TRIGGER streams_no_delete BEFORE DELETE ON streams
BEGIN SELECT RAISE(ABORT, 'the number of a stream is never deleted'); END;
CREATE TRIGGER streams_no_replace BEFORE INSERT ON streams
WHEN EXISTS (SELECT 1 FROM streams WHERE number = NEW.number OR stream = NEW.stream)
BEGIN SELECT RAISE(ABORT, 'the number of a stream is never changed'); END;

CREATE TABLE numbered_streams (
    stream INTEGER NOT NULL REFERENCES streams (number),
    seq    INTEGER NOT NULL REFERENCES events (seq),
    PRIMARY KEY (stream, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO numbered_streams (stream, seq)
    SELECT number, seq FROM event_streams JOIN streams USING (stream) ORDER BY number, seq;
DROP TABLE event_streams;
ALTER TABLE numbered_streams RENAME TO event_streams;
CREATE INDEX event_streams_of ON event_streams (seq, stream);
CREATE TRIGGER event_streams_no_update BEFORE UPDATE ON event_streams
BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
CREATE TRIGGER event_streams_no_delete BEFORE DELETE ON event_streams
BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;

DROP TABLE duties;
DROP TABLE in_charge;
DELETE FROM roster_officers;
DELETE FROM rosters;
UPDATE head SET program = 'to be judged anew: numbered streams' WHERE program IS NOT NULL;

CREATE TABLE in_charge (
    stream INTEGER NOT NULL REFERENCES streams (number),
    entity TEXT NOT NULL,
    PRIMARY KEY (stream, entity)
) STRICT, WITHOUT ROWID;
CREATE INDEX in_charge_of ON in_charge (entity, stream);

-- A duty without a due comes before those with one: `due_order` is then before every instant.
CREATE TABLE duties (
    id         TEXT PRIMARY KEY NOT NULL,
    rule       TEXT NOT NULL,
    key        TEXT NOT NULL,
    due        INTEGER,
    due_order  INTEGER NOT NULL GENERATED ALWAYS AS (COALESCE(due, -1000000000000000)) STORED,
    state      TEXT NOT NULL,
    wakes_at   INTEGER,
    stream     INTEGER NOT NULL,
    agency     TEXT,
    step       INTEGER,
    step_to    TEXT,
    step_opens INTEGER,
    step_due   INTEGER,
    lapsed     INTEGER,
    answered   INTEGER,
    held_by    INTEGER,
    called     INTEGER,
    asked      INTEGER,
    row        TEXT NOT NULL
) STRICT;
-- What decides who may see a duty stands in the indexes by which duties are counted and listed.
CREATE INDEX duties_in_order         ON duties (rule, key, due_order, id);
CREATE INDEX duties_by_state         ON duties (state, rule, key, due_order, id);
CREATE INDEX duties_asleep           ON duties (wakes_at) WHERE wakes_at IS NOT NULL;
CREATE INDEX duties_called           ON duties (called, stream) WHERE called IS NOT NULL;
CREATE INDEX duties_by_state_and_due ON duties (state, due_order, id, stream, held_by, called, agency);
CREATE INDEX duties_by_due           ON duties (due_order, id, stream, held_by, called, agency);
CREATE INDEX duties_by_key           ON duties (key, rule, due_order, id, stream, held_by, called, agency);
CREATE INDEX duties_by_stream        ON duties (stream, rule, key, due_order, id, held_by, called, agency);
CREATE INDEX duties_by_agency        ON duties (agency, state, due_order, id) WHERE agency IS NOT NULL;
CREATE INDEX duties_climbing         ON duties (step_to, step_opens, step, step_due, lapsed, answered, state, stream, held_by, called, agency)
    WHERE step IS NOT NULL;
CREATE INDEX duties_climbing_by_due  ON duties (due_order, id, step, step_due, lapsed, answered, step_to, stream, held_by, called, agency)
    WHERE step IS NOT NULL;
CREATE INDEX duties_held             ON duties (held_by, state, due_order, id, rule, stream, called, agency) WHERE held_by IS NOT NULL;
CREATE INDEX duties_asked            ON duties (asked, state, due_order, id, answered) WHERE asked IS NOT NULL;
