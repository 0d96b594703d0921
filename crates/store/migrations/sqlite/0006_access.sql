-- Who may see what: the stream of what started a duty, whom its ladder reached, who holds which post, and who is in charge
-- of a stream. All of it follows from the log, and is made once for the duties that are there.
ALTER TABLE duties ADD COLUMN stream TEXT NOT NULL DEFAULT '';
ALTER TABLE duties ADD COLUMN agency TEXT;
ALTER TABLE duties ADD COLUMN step INTEGER;
ALTER TABLE duties ADD COLUMN step_to TEXT;
ALTER TABLE duties ADD COLUMN step_opens INTEGER;
ALTER TABLE duties ADD COLUMN step_due INTEGER;
ALTER TABLE duties ADD COLUMN lapsed INTEGER;
ALTER TABLE duties ADD COLUMN called TEXT;
CREATE INDEX duties_by_stream ON duties (stream, rule, key, due_order, id);
CREATE INDEX duties_by_state_and_due ON duties (state, due_order, id);
CREATE INDEX duties_by_agency ON duties (agency, rule, key, due_order, id) WHERE agency IS NOT NULL;
CREATE INDEX duties_climbing  ON duties (step_to, step_opens, id) WHERE step IS NOT NULL;
UPDATE head SET program = 'to be judged anew: access' WHERE program IS NOT NULL;

CREATE TABLE duty_called (
    officer TEXT NOT NULL,
    duty    TEXT NOT NULL REFERENCES duties (id) ON DELETE CASCADE,
    PRIMARY KEY (officer, duty)
) STRICT, WITHOUT ROWID;
CREATE INDEX duty_called_by_duty ON duty_called (duty);

CREATE TABLE posts (
    number   INTEGER PRIMARY KEY,
    officer  TEXT NOT NULL,
    is_cover INTEGER NOT NULL CHECK (is_cover IN (0, 1)),
    role     TEXT,
    rank     TEXT,
    team     TEXT,
    agency   TEXT,
    manager  TEXT
) STRICT;
CREATE INDEX posts_of    ON posts (officer, number);
CREATE INDEX posts_under ON posts (manager, number) WHERE manager IS NOT NULL;
CREATE INDEX posts_in    ON posts (team, number) WHERE team IS NOT NULL;

CREATE TABLE in_charge (
    stream TEXT NOT NULL,
    entity TEXT NOT NULL,
    PRIMARY KEY (stream, entity)
) STRICT, WITHOUT ROWID;
CREATE INDEX in_charge_of ON in_charge (entity, stream);

-- Who let themselves into a case, and who opened what: neither is ever changed or deleted.
CREATE TABLE broken_glass (
    event   TEXT PRIMARY KEY NOT NULL,
    stream  TEXT NOT NULL,
    officer TEXT NOT NULL,
    at      INTEGER NOT NULL,
    until   INTEGER NOT NULL
) STRICT;
CREATE INDEX broken_glass_of ON broken_glass (officer, until, stream);
CREATE INDEX broken_glass_in ON broken_glass (stream, at);

CREATE TABLE readings (
    id      TEXT PRIMARY KEY NOT NULL,
    at      INTEGER NOT NULL,
    account TEXT NOT NULL,
    officer TEXT NOT NULL,
    action  TEXT NOT NULL,
    entity  TEXT NOT NULL,
    why     TEXT NOT NULL
) STRICT;
CREATE INDEX readings_of ON readings (entity, id);
CREATE INDEX readings_by ON readings (officer, id);

CREATE TRIGGER broken_glass_no_update BEFORE UPDATE ON broken_glass
BEGIN SELECT RAISE(ABORT, 'a broken glass is never changed'); END;
CREATE TRIGGER broken_glass_no_delete BEFORE DELETE ON broken_glass
BEGIN SELECT RAISE(ABORT, 'a broken glass is never deleted'); END;
CREATE TRIGGER broken_glass_no_replace BEFORE INSERT ON broken_glass WHEN EXISTS (SELECT 1 FROM broken_glass WHERE event = NEW.event)
BEGIN SELECT RAISE(ABORT, 'a broken glass is never changed'); END;

CREATE TRIGGER readings_no_update BEFORE UPDATE ON readings
BEGIN SELECT RAISE(ABORT, 'readings are never changed'); END;
CREATE TRIGGER readings_no_delete BEFORE DELETE ON readings
BEGIN SELECT RAISE(ABORT, 'readings are never deleted'); END;
CREATE TRIGGER readings_no_replace BEFORE INSERT ON readings WHEN EXISTS (SELECT 1 FROM readings WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'readings are never changed'); END;
